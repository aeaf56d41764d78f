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
    path("k/<slug:code>/poster/<slug:camera>.jpg", kitchen.poster, name="kitchen_poster"),
    path("k/<slug:code>/history/", kitchen.history, name="kitchen_history"),
    path("q/<slug:token>", scan.scan, name="scan"),
    path("Q/<slug:token>", scan.scan, name="scan_upper"),  # upper case makes a smaller QR code
    path("lists/", lists.editions, name="lists"),
    path("lists/<slug:authority>/<int:year>-<int:number>/", lists.edition, name="edition"),
    path("lists/<slug:authority>/<int:year>-<int:number>.json", lists.edition_json, name="edition_json"),
    path("log/", lists.log, name="log"),
    path("log/files/<path:name>", lists.log_file, name="log_file"),
]
