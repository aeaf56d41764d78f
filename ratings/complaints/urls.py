"""Complaints and reports: the office's pages, and the business's own."""

from django.urls import path

from . import desk_views as desk
from . import views
from .steps import DEEDS

urlpatterns = [
    path("office/complaints/", views.complaints, name="office_complaints"),
    path("office/complaints/new/", views.complaint_new, name="office_complaint_new"),
    path("office/complaints/new/<slug:code>/", views.complaint_enter, name="office_complaint_enter"),
    path("office/complaints/<int:pk>/", views.complaint, name="office_complaint"),
    path("office/complaints/<int:pk>/who/", views.complaint_who, name="office_complaint_who"),
    path("office/complaints/<int:pk>/photos/<int:number>.jpg", views.complaint_photo, name="office_complaint_photo"),
    *(
        path(
            f"office/complaints/<int:pk>/{step}/", views.complaint_step, {"step": step}, name=f"office_complaint_{step}"
        )
        for step in DEEDS
    ),
    path("desk/kitchens/<slug:code>/complaints/", desk.kitchen_complaints, name="kitchen_complaints"),
    path("desk/kitchens/<slug:code>/complaints/<int:pk>/answer/", desk.complaint_answer, name="complaint_answer"),
]
