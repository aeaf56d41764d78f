"""Officers' pages of inspections and editions; the owner's page of a listing."""

from django.urls import path, register_converter

from .editions import views as editions
from .inspections import views as inspections


class Proof:
    regex = "service|waiver"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(Proof, "proof")

urlpatterns = [
    path("office/inspections/", inspections.inspections, name="office_inspections"),
    path("office/inspections/new/", inspections.inspection_new, name="office_inspection_new"),
    path("office/inspections/new/<slug:code>/", inspections.inspection_begin, name="office_inspection_begin"),
    path("office/inspections/<int:pk>/", inspections.inspection, name="office_inspection"),
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
    path("desk/listings/<int:pk>/", editions.listing_desk, name="listing_desk"),
    path("desk/listings/<int:pk>/object/", editions.listing_object, name="listing_object"),
]
