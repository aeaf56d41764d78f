from django.urls import path

from . import views

urlpatterns = [
    path("office/outbreaks/", views.outbreaks, name="office_outbreaks"),
    path("office/outbreaks/new/", views.outbreak_new, name="office_outbreak_new"),
    path("office/outbreaks/new/<slug:code>/", views.outbreak_confirm, name="office_outbreak_confirm"),
    path("office/outbreaks/<int:pk>/revoke/", views.outbreak_revoke, name="office_outbreak_revoke"),
]
