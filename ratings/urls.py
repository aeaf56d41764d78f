"""Officers' pages of inspections and editions; the owner's page of a listing."""

from django.urls import include, path

from .inspections import phone
from .inspections import views as inspections

urlpatterns = [
    path("", include("ratings.draws.urls")),
    path("", include("ratings.plan.urls")),
    path("", include("ratings.sampling.urls")),
    path("", include("ratings.outbreaks.urls")),
    path("", include("ratings.reminders.urls")),
    path("", include("ratings.complaints.urls")),
    path("", include("ratings.editions.urls")),
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
]
