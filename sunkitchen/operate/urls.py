"""For machines: without a language, without cookies."""

from django.urls import path

from . import bounces, views

urlpatterns = [
    path("healthz/live", views.live, name="healthz_live"),
    path("healthz/ready", views.ready, name="healthz_ready"),
    path("hooks/bounces/", bounces.bounces, name="bounces"),
    path("metrics", views.metrics_page, name="metrics"),
]
