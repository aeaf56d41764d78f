"""Officers' pages of draws."""

from django.urls import path

from . import views

urlpatterns = [
    path("office/draws/", views.draws, name="office_draws"),
    path("office/draws/new/", views.draw_new, name="office_draw_new"),
    path("office/draws/<int:pk>/", views.draw, name="office_draw"),
    path("office/draws/<int:pk>/hold/", views.draw_hold, name="office_draw_hold"),
    path("office/draws/visits/<int:pk>/begin/", views.draw_visit, name="office_draw_visit"),
]
