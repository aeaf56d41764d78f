"""For machines: without a language, without cookies."""

from django.urls import path

from . import views

urlpatterns = [
    path("healthz/live", views.live, name="healthz_live"),
    path("healthz/ready", views.ready, name="healthz_ready"),
    path("metrics", views.metrics_page, name="metrics"),
]
