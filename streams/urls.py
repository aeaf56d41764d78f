"""The streams' pages. Live pictures and pushes are no Django views: asgi.py dispatches them."""

from django.urls import path

from .cameras import views

KITCHEN = "desk/kitchens/<slug:code>/cameras"
CAMERA = f"{KITCHEN}/<slug:camera>"

urlpatterns = [
    path(f"{KITCHEN}/", views.cameras, name="cameras"),
    path(f"{KITCHEN}/add/", views.camera_add, name="camera_add"),
    path("desk/kitchens/<slug:code>/sign.pdf", views.filmed_sign, name="filmed_sign"),
    path(f"{CAMERA}/", views.camera, name="camera"),
    path(f"{CAMERA}/live.json", views.camera_live, name="camera_live"),
    path(f"{CAMERA}/poster.jpg", views.camera_poster, name="camera_poster"),
    path(f"{CAMERA}/change/", views.camera_change, name="camera_change"),
    path(f"{CAMERA}/key/", views.camera_key, name="camera_key"),
    path(f"{CAMERA}/off/", views.camera_off, name="camera_off"),
    path(f"{CAMERA}/on/", views.camera_on, name="camera_on"),
    path(f"{CAMERA}/revoke/", views.camera_revoke, name="camera_revoke"),
]
