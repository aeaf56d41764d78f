"""Officers' pages of inspections and editions; the owner's page of a listing."""

from django.urls import include, path, register_converter

from .draws import views as draws
from .editions import views as editions
from .inspections import phone
from .inspections import views as inspections


class Proof:
    regex = "service|waiver"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(Proof, "proof")

urlpatterns = [
    path("", include("ratings.sampling.urls")),
    path("", include("ratings.outbreaks.urls")),
    path("", include("ratings.reminders.urls")),
    path("", include("ratings.complaints.urls")),
    path("office/inspections/", inspections.inspections, name="office_inspections"),
    path("office/inspections/new/", inspections.inspection_new, name="office_inspection_new"),
    path("office/inspections/new/<slug:code>/", inspections.inspection_begin, name="office_inspection_begin"),
    path("office/inspections/worker.js", phone.worker, name="office_inspection_worker"),
    path("office/inspections/token/", phone.inspection_token, name="office_inspection_token"),
    path("office/inspections/<int:pk>/", inspections.inspection, name="office_inspection"),
    path("office/inspections/<int:pk>/sheet/", inspections.inspection_sheet, name="office_inspection_sheet"),
    path("office/inspections/<int:pk>/photos/", phone.inspection_photos, name="office_inspection_photos"),
    path("office/inspections/<int:pk>/photos/<int:photo>/", phone.inspection_photo, name="office_inspection_photo"),
    path("office/inspections/<int:pk>/signature/", phone.inspection_signature, name="office_inspection_signature"),
    path("desk/inspections/<int:pk>/", inspections.inspection_desk, name="inspection_desk"),
    path("desk/inspections/<int:pk>/photos/<int:photo>/", phone.inspection_desk_photo, name="inspection_desk_photo"),
    path("office/editions/", editions.editions, name="office_editions"),
    path("office/editions/new/", editions.edition_new, name="office_edition_new"),
    path("office/editions/<int:pk>/", editions.edition, name="office_edition"),
    path("office/editions/<int:pk>/pick/", editions.pick, name="office_edition_pick"),
    path("office/editions/<int:pk>/publish/", editions.publish, name="office_edition_publish"),
    path("office/listings/<int:pk>/", editions.listing, name="office_listing"),
    path("office/listings/<int:pk>/notice.html", editions.notice_print, name="office_listing_print"),
    path("office/listings/<int:pk>/proof/<proof:of>/<int:page>/", editions.proof, name="office_listing_proof"),
    *(
        path(f"office/listings/<int:pk>/{step}/", editions.listing_step, {"step": step}, name=f"office_listing_{step}")
        for step in editions.STEPS
    ),
    path("office/draws/", draws.draws, name="office_draws"),
    path("office/draws/new/", draws.draw_new, name="office_draw_new"),
    path("office/draws/<int:pk>/", draws.draw, name="office_draw"),
    path("office/draws/<int:pk>/hold/", draws.draw_hold, name="office_draw_hold"),
    path("office/draws/visits/<int:pk>/begin/", draws.draw_visit, name="office_draw_visit"),
    path("desk/listings/<int:pk>/", editions.listing_desk, name="listing_desk"),
    path("desk/listings/<int:pk>/object/", editions.listing_object, name="listing_object"),
]
