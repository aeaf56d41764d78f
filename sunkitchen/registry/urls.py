"""What owners bring, and what clerks judge."""

from django.urls import include, path

from .claims import views as claims
from .credentials import review_more_views as beside_review
from .credentials import review_views as reviewing
from .credentials import state_views as states
from .credentials import views as credentials
from .establishments import views as establishments
from .handovers import views as handovers
from .memberships import views as memberships
from .photos import views as photos
from .register import views as register
from .staff import rights_views as rights
from .staff import views as staff
from .stickers import views as stickers
from .suppliers import key_views, note_views, recall_desk, recall_views
from .suppliers import views as suppliers
from .tables import views as tables
from .uploads import views as uploads
from .uploads.turn_views import upload_turn

urlpatterns = [
    path("", include("sunkitchen.registry.consultations.urls")),
    path("", include("sunkitchen.registry.requirements.urls")),
    path("desk/kitchens/new/", establishments.kitchen_new, name="kitchen_new"),
    path("desk/kitchens/<slug:code>/", establishments.kitchen_desk, name="kitchen_desk"),
    path("desk/kitchens/<slug:code>/edit/", establishments.kitchen_edit, name="kitchen_edit"),
    path("desk/kitchens/<slug:code>/close/", establishments.kitchen_close, name="kitchen_close"),
    path("desk/kitchens/<slug:code>/reopen/", establishments.kitchen_reopen, name="kitchen_reopen"),
    path("desk/kitchens/<slug:code>/hand-over/", handovers.hand_over, name="hand_over"),
    path("desk/kitchens/<slug:code>/hand-over/<int:pk>/back/", handovers.hand_over_back, name="hand_over_back"),
    path("desk/take-over/", handovers.take_over, name="take_over"),
    path("desk/take-over/<int:pk>/", handovers.take_over_see, name="take_over_see"),
    path("desk/kitchens/<slug:code>/people/", memberships.people, name="people"),
    path("desk/kitchens/<slug:code>/people/leave/", memberships.membership_leave, name="membership_leave"),
    path("desk/kitchens/<slug:code>/people/<int:pk>/end/", memberships.membership_end, name="membership_end"),
    path("desk/kitchens/<slug:code>/photos/", photos.photos, name="photos"),
    path("desk/kitchens/<slug:code>/photos/<int:pk>.jpg", photos.photo, name="photo"),
    path("desk/kitchens/<slug:code>/photos/<int:pk>/move/", photos.photo_move, name="photo_move"),
    path("desk/kitchens/<slug:code>/photos/<int:pk>/remove/", photos.photo_remove, name="photo_remove"),
    path("desk/kitchens/<slug:code>/staff/", staff.staff, name="staff"),
    path("desk/kitchens/<slug:code>/staff/new/", staff.staff_new, name="staff_new"),
    path("desk/kitchens/<slug:code>/staff/shown/", staff.staff_shown, name="staff_shown"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/edit/", staff.staff_edit, name="staff_edit"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/leave/", staff.staff_leave, name="staff_leave"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/stay/", staff.staff_stay, name="staff_stay"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/consent/", staff.staff_consent, name="staff_consent"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/consent/withdraw/", staff.staff_withdraw, name="staff_withdraw"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/consent-form/", staff.staff_consent_form, name="staff_consent_form"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/data/", rights.staff_data, name="staff_data"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/data/copy/", rights.staff_copy, name="staff_copy"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/data/erase/", rights.staff_erase, name="staff_erase"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/data/refuse/", rights.staff_refuse, name="staff_refuse"),
    path("desk/kitchens/<slug:code>/staff/<int:pk>/own/", rights.staff_own_link, name="staff_own_link"),
    path("desk/kitchens/<slug:code>/legal/<slug:which>/", rights.legal_paper, name="legal_paper"),
    path("mine/<str:token>/", rights.staff_own, name="staff_own"),
    path(
        "desk/kitchens/<slug:code>/staff/<int:pk>/consents/<int:consent>/<int:number>/",
        staff.staff_consent_page,
        name="staff_consent_page",
    ),
    path(
        "desk/kitchens/<slug:code>/staff/<int:pk>/certificates/new/",
        credentials.certificate_new,
        name="certificate_new",
    ),
    path("desk/kitchens/<slug:code>/tables/<slug:sort>/", tables.tables, name="tables"),
    path("desk/kitchens/<slug:code>/tables/<slug:sort>/template.csv", tables.table_template, name="table_template"),
    path("desk/kitchens/<slug:code>/tables/<slug:sort>/<int:pk>/", tables.table_report, name="table_report"),
    path("desk/kitchens/<slug:code>/tables/<slug:sort>/<int:pk>/enter/", tables.table_land, name="table_land"),
    path("desk/kitchens/<slug:code>/tables/<slug:sort>/<int:pk>/drop/", tables.table_drop, name="table_drop"),
    path(
        "desk/kitchens/<slug:code>/tables/<slug:sort>/<int:pk>/refused.csv", tables.table_refused, name="table_refused"
    ),
    path("desk/kitchens/<slug:code>/papers/new/", credentials.paper_new, name="paper_new"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/", credentials.paper, name="paper"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/edit/", credentials.paper_edit, name="paper_edit"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/withdraw/", credentials.paper_withdraw, name="paper_withdraw"),
    path(
        "desk/kitchens/<slug:code>/papers/<int:pk>/pages/<int:number>/turn/",
        credentials.paper_turn,
        name="paper_turn",
    ),
    path("desk/kitchens/<slug:code>/uploads/", uploads.upload_begin, name="upload_begin"),
    path("desk/kitchens/<slug:code>/uploads/<uuid:key>/", uploads.upload, name="upload"),
    path("desk/kitchens/<slug:code>/uploads/<uuid:key>/pages/<int:number>/", uploads.upload_page, name="upload_page"),
    path("desk/kitchens/<slug:code>/uploads/<uuid:key>/pages/<int:number>/turn/", upload_turn, name="upload_turn"),
    path("uploads/", uploads.upload_begin, name="own_upload_begin"),
    path("uploads/<uuid:key>/", uploads.upload, name="own_upload"),
    path("uploads/<uuid:key>/pages/<int:number>/", uploads.upload_page, name="own_upload_page"),
    path("uploads/<uuid:key>/pages/<int:number>/turn/", upload_turn, name="own_upload_turn"),
    path("desk/kitchens/<slug:code>/stickers/", stickers.stickers, name="stickers"),
    path("desk/kitchens/<slug:code>/stickers/print.pdf", stickers.stickers_pdf, name="stickers_pdf"),
    path("desk/kitchens/<slug:code>/stickers/<int:pk>/revoke/", stickers.sticker_revoke, name="sticker_revoke"),
    path("desk/kitchens/<slug:code>/stickers/<int:pk>/rotate/", stickers.sticker_rotate, name="sticker_rotate"),
    path("desk/kitchens/<slug:code>/ledger/", suppliers.ledger, name="ledger"),
    path("desk/kitchens/<slug:code>/ledger/new/", suppliers.delivery_new, name="delivery_new"),
    path("desk/kitchens/<slug:code>/ledger/photo/", note_views.delivery_photo, name="delivery_photo"),
    path("desk/kitchens/<slug:code>/ledger/table.csv", suppliers.ledger_csv, name="ledger_csv"),
    path("desk/kitchens/<slug:code>/ledger/<int:pk>/", suppliers.delivery, name="delivery"),
    path("desk/kitchens/<slug:code>/ledger/<int:pk>/void/", suppliers.delivery_void, name="delivery_void"),
    path(
        "desk/kitchens/<slug:code>/ledger/<int:pk>/papers/<int:number>/",
        suppliers.delivery_proof,
        name="delivery_proof",
    ),
    path("desk/kitchens/<slug:code>/ledger/keys/", key_views.ledger_keys, name="ledger_keys"),
    path(
        "desk/kitchens/<slug:code>/ledger/keys/<int:pk>/revoke/", key_views.ledger_key_revoke, name="ledger_key_revoke"
    ),
    path("office/ledger-keys/", key_views.office_ledger_keys, name="office_ledger_keys"),
    path("office/ledger-keys/<int:pk>/revoke/", key_views.office_ledger_key_revoke, name="office_ledger_key_revoke"),
    path("desk/ledger-api/", key_views.ledger_api_guide, name="ledger_api_guide"),
    path("desk/ledger-api/openapi.json", key_views.ledger_api_openapi, name="ledger_api_openapi"),
    path("desk/kitchens/<slug:code>/recalls/<int:pk>/", recall_desk.recall_answer, name="recall_answer"),
    path("desk/kitchens/<slug:code>/recalls/<int:pk>/photo.jpg", recall_desk.recall_photo, name="recall_photo"),
    path("office/recall/", recall_views.recall_search, name="recall_search"),
    path("office/recall/found.csv", recall_views.recall_csv, name="recall_csv"),
    path("office/recall/issue/", recall_views.recall_issue, name="recall_issue"),
    path("office/recall/<int:pk>/", recall_views.recall, name="recall"),
    path("office/recall/<int:pk>/end/", recall_views.recall_end, name="recall_end"),
    path("office/recall/<int:pk>/answers.csv", recall_views.recall_answers, name="recall_answers"),
    path("desk/kitchens/<slug:code>/suppliers/", suppliers.suppliers, name="suppliers"),
    path("desk/kitchens/<slug:code>/suppliers/<int:pk>/", suppliers.supplier, name="supplier"),
    path(
        "desk/kitchens/<slug:code>/suppliers/<int:pk>/licence/<int:number>/",
        suppliers.supplier_licence,
        name="supplier_licence",
    ),
    path("desk/kitchens/<slug:code>/suppliers/<int:pk>/end/", suppliers.supplier_end, name="supplier_end"),
    path("papers/<int:pk>/pages/<int:number>/", credentials.paper_page, name="paper_page"),
    path("claim/", claims.claim_short, name="claim_short"),
    path("desk/claim/", claims.claim, name="claim"),
    path("office/claims/", claims.waiting, name="claims"),
    path("office/claims/<int:pk>/revoke/", claims.invitation_revoke, name="invitation_revoke"),
    path("office/register/", register.imports, name="register_imports"),
    path("office/register/letters.pdf", claims.letters_pdf, name="letters_pdf"),
    path("office/register/template.csv", register.register_template, name="register_template"),
    path("office/register/<int:pk>/", register.register_import, name="register_import"),
    path("office/register/<int:pk>/report.csv", register.register_report, name="register_report"),
    path("office/papers/", reviewing.papers, name="papers"),
    path("office/papers/renewals/", beside_review.review_renewals, name="review_renewals"),
    path("office/papers/policy/", beside_review.review_policy, name="review_policy"),
    path("office/papers/<int:pk>/", reviewing.review, name="review"),
    path("office/papers/<int:pk>/approve/", reviewing.review_approve, name="review_approve"),
    path("office/papers/<int:pk>/return/", reviewing.review_return, name="review_return"),
    path("office/papers/<int:pk>/open/", reviewing.review_open, name="review_open"),
    path("office/papers/<int:pk>/skip/", reviewing.review_skip, name="review_skip"),
    path("office/papers/<int:pk>/twins/<int:other>/", beside_review.review_twin, name="review_twin"),
    path("office/papers/<int:pk>/accept/", states.review_accept, name="review_accept"),
    path("office/papers/<int:pk>/revoke/", states.review_revoke, name="review_revoke"),
]
