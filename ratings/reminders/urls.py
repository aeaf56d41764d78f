from django.urls import path

from . import views

urlpatterns = [
    path("office/reminders/", views.reminders, name="office_reminders"),
    path("office/kitchens/<slug:code>/reminders/", views.kitchen_reminders, name="office_kitchen_reminders"),
    path("office/kitchens/<slug:code>/reminders/new/", views.remind, name="office_remind"),
    path("office/kitchens/<slug:code>/reminders/bind/", views.bind, name="office_bind"),
    path("office/reminders/<int:pk>/end/", views.reminder_end, name="office_reminder_end"),
    path("office/reminders/<int:pk>/notice.html", views.reminder_print, name="office_reminder_print"),
    path("office/commitments/<int:pk>/release/", views.commitment_release, name="office_commitment_release"),
    path("desk/kitchens/<slug:code>/supervision/", views.kitchen_duties, name="kitchen_duties"),
    path("desk/commitments/<int:pk>/<int:page>/", views.commitment_paper, name="commitment_paper"),
]
