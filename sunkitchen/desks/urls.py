"""The two home pages of people who signed in, and what they are told. The work itself lies with its noun."""

from django.urls import path

from .notices import choices
from .notices import views as notices
from .office import views as office
from .office.looks import office_looks
from .owner import share
from .owner import views as owner

urlpatterns = [
    path("desk/", owner.desk, name="desk"),
    path("desk/kitchens/<slug:code>/share/", share.kitchen_share, name="kitchen_share"),
    path("desk/kitchens/<slug:code>/share/code.svg", share.kitchen_qr, name="kitchen_qr"),
    path("desk/kitchens/<slug:code>/next-edition/", owner.kitchen_outlook, name="kitchen_outlook"),
    path("desk/notices/", notices.notices, name="notices"),
    path("desk/notices/choices/", choices.notice_choices, name="notice_choices"),
    path("desk/notices/webhooks/", choices.webhook_new, name="webhook_new"),
    path("desk/notices/webhooks/<int:pk>/end/", choices.webhook_end, name="webhook_end"),
    path("desk/notices/read/", notices.notices_read, name="notices_read"),
    path("desk/notices/<int:pk>/", notices.notice_open, name="notice_open"),
    path("office/", office.office, name="office"),
    path("office/figures/", office.figures, name="office_figures"),
    path("office/notices/", notices.office_notices, name="office_notices"),
    path("office/kitchens/", office.kitchens, name="office_kitchens"),
    path("office/audit/", office.audit, name="office_audit"),
    path("office/looks/", office_looks, name="office_looks"),
    path("office/undelivered/", office.undelivered, name="office_undelivered"),
    path("office/undelivered/<int:pk>/resend/", office.notice_resend, name="notice_resend"),
    path("office/undelivered/<int:pk>/by-hand/", office.notice_by_hand, name="notice_by_hand"),
]
