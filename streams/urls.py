"""The streams' pages. Live pictures and pushes are no Django views: asgi.py dispatches them."""

from django.urls import path

from .cameras import mask_views, views
from .cameras import reference_views as reference
from .clips import views as clips
from .incidents import views as incidents
from .operator import views as operator
from .phone import views as phone
from .videochecks import office_views as checking
from .videochecks import views as checks

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
    path(f"{CAMERA}/hours/", views.camera_hours, name="camera_hours"),
    path(f"{CAMERA}/masks/", mask_views.camera_masks, name="camera_masks"),
    path(f"{CAMERA}/masks/picture.jpg", mask_views.mask_picture, name="mask_picture"),
    path(f"{CAMERA}/key/", views.camera_key, name="camera_key"),
    path(f"{CAMERA}/film/", phone.camera_film, name="camera_film"),
    path(f"{CAMERA}/off/", views.camera_off, name="camera_off"),
    path(f"{CAMERA}/on/", views.camera_on, name="camera_on"),
    path(f"{CAMERA}/revoke/", views.camera_revoke, name="camera_revoke"),
    path("film/<slug:camera>/<str:token>/", phone.film, name="film"),
    path(f"{CAMERA}/confirm/", reference.camera_confirm, name="camera_confirm"),
    path(f"{CAMERA}/reference.jpg", reference.camera_reference, name="camera_reference"),
    path(f"{CAMERA}/newest.jpg", reference.camera_newest, name="camera_newest"),
    path("desk/kitchens/<slug:code>/incidents/", incidents.incidents, name="incidents"),
    path("desk/kitchens/<slug:code>/incidents/<int:pk>/answer/", incidents.incident_answer, name="incident_answer"),
    path(
        "desk/kitchens/<slug:code>/incidents/<int:pk>/picture.jpg", incidents.incident_picture, name="incident_picture"
    ),
    path("office/incidents/", incidents.office_incidents, name="office_incidents"),
    path("office/relay/", operator.relay, name="office_relay"),
    path("office/clips/", clips.clips, name="office_clips"),
    path("office/clips/<slug:code>/", clips.clip, name="office_clip"),
    path("office/clips/<slug:code>/video.mp4", clips.clip_video, name="office_clip_video"),
    path("office/clips/<slug:code>/download/", clips.clip_download, name="office_clip_download"),
    path("office/clips/<slug:code>/hold/", clips.clip_hold, name="office_clip_hold"),
    path("office/clips/<slug:code>/release/", clips.clip_release, name="office_clip_release"),
    path("office/kitchens/<slug:code>/cameras/<slug:camera>/keep/", clips.camera_keep, name="camera_keep"),
    path("desk/kitchens/<slug:code>/video/<int:pk>/", checks.video_check, name="video_check"),
    path("desk/kitchens/<slug:code>/video/<int:pk>/show/", checks.video_check_show, name="video_check_show"),
    path("video-stills/<int:pk>.jpg", checks.video_still, name="video_still"),
    path("office/video/", checking.videos, name="office_videos"),
    path("office/video/<int:pk>/", checking.office_video, name="office_video"),
    path("office/video/<int:pk>/live.json", checking.office_video_live, name="office_video_live"),
    path("office/video/<int:pk>/keep/", checking.office_video_keep, name="office_video_keep"),
    path("office/video/<int:pk>/decide/", checking.office_video_decide, name="office_video_decide"),
    path("office/video/<int:pk>/call-off/", checking.office_video_call_off, name="office_video_call_off"),
    path("office/papers/<int:pk>/video/", checking.video_check_ask, name="video_check_ask"),
    path("office/kitchens/<slug:code>/video/", checking.video_check_premises, name="video_check_premises"),
    path("k/<slug:code>/report-moment/", clips.report_moment, name="report_moment"),
]
