"""What anybody may see."""

from django.urls import path

from .home import views as home
from .kitchen import views as kitchen
from .lists import views as lists
from .scan import views as scan

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("k/<slug:code>/", kitchen.kitchen, name="kitchen"),
    path("k/<slug:code>/live.json", kitchen.live, name="kitchen_live"),
    path("k/<slug:code>/history/", kitchen.history, name="kitchen_history"),
    path("q/<slug:token>", scan.scan, name="scan"),
    path("Q/<slug:token>", scan.scan, name="scan_upper"),  # upper case makes a smaller QR code
    path("lists/", lists.editions, name="lists"),
    path("log/", lists.log, name="log"),
    path("log/files/<path:name>", lists.log_file, name="log_file"),
]
