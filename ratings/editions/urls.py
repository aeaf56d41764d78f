"""Officers' pages of editions and listings; the owner's page of a listing."""

from django.urls import path, register_converter

from . import draft_views as drafts
from . import listing_views as listings
from . import owner_views as owners
from . import views as editions
from .outputs import views as outputs


class Proof:
    regex = "service|waiver"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(Proof, "proof")

urlpatterns = [
    path("office/editions/", editions.editions, name="office_editions"),
    path("office/editions/new/", editions.edition_new, name="office_edition_new"),
    path("office/editions/<int:pk>/", editions.edition, name="office_edition"),
    path("office/editions/<int:pk>/proposals/", drafts.proposals, name="office_proposals"),
    path("office/lists/schedule/", drafts.schedule, name="office_schedule"),
    path("office/editions/<int:pk>/opinion/", editions.opinion, name="office_edition_opinion"),
    path("office/editions/<int:pk>/release/", editions.release, name="office_edition_release"),
    path("office/editions/<int:pk>/recall/", editions.recall, name="office_edition_recall"),
    path("office/editions/<int:pk>/approvals.html", editions.approvals_print, name="office_edition_approvals"),
    path("office/lists/chain/<int:pk>/", editions.chain, name="office_chain"),
    path("office/listings/<int:pk>/", listings.listing, name="office_listing"),
    path("office/listings/<int:pk>/media.html", outputs.media_sheet, name="office_listing_media"),
    path("office/listings/<int:pk>/notice.html", listings.notice_print, name="office_listing_print"),
    path("office/listings/<int:pk>/proof/<proof:of>/<int:page>/", listings.proof, name="office_listing_proof"),
    path("office/listings/<int:pk>/files/<int:file>/<int:page>/", listings.listing_file, name="office_listing_file"),
    *(
        path(f"office/listings/<int:pk>/{step}/", listings.listing_step, {"step": step}, name=f"office_listing_{step}")
        for step in listings.STEPS
    ),
    *(
        path(f"office/listings/<int:pk>/{kind}/", listings.amend, {"kind": kind}, name=f"office_listing_{kind}")
        for kind in listings.AMENDS
    ),
    path("office/rectifications/", listings.rectifications, name="office_rectifications"),
    path("desk/listings/<int:pk>/", owners.listing_desk, name="listing_desk"),
    path("desk/listings/<int:pk>/object/", owners.listing_object, name="listing_object"),
    path("desk/listings/<int:pk>/mended/", owners.listing_mended, name="listing_mended"),
    path("desk/listings/<int:pk>/proof.txt", owners.listing_proof, name="listing_proof"),
    path("desk/rectifications/<int:pk>/photos/<int:number>/", listings.rectification_photo, name="rectification_photo"),
]
