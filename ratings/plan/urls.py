"""Officers' pages of the plan."""

from django.urls import path

from . import views

urlpatterns = [
    path("office/plan/", views.plan, name="office_plan"),
    path("office/plan/calendar/", views.calendar, name="office_plan_calendar"),
    path("office/plan/class/<slug:code>/", views.risk_class, name="office_plan_class"),
]
