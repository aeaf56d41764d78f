"""What anybody may see."""

from django.urls import path

from .embed import views as embed
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
    path("badge/<slug:code>.svg", embed.badge, name="badge"),
    path("embed/<slug:code>/", embed.embed, name="embed"),
    path("lists/", lists.editions, name="lists"),
    path("lists/feed.atom", lists.feed, name="lists_feed"),
    path("lists/<slug:authority>/", lists.archive, name="archive"),
    path("lists/<slug:authority>/<int:year>-<int:number>/", lists.edition, name="edition"),
    path("lists/<slug:authority>/<int:year>-<int:number>.csv", lists.edition_csv, name="edition_csv"),
    path("lists/<slug:authority>/<int:year>-<int:number>.pdf", lists.edition_pdf, name="edition_pdf"),
    path("lists/<slug:authority>/<int:year>-<int:number>.png", lists.edition_png, name="edition_png"),
    path("lists/<slug:authority>/<int:year>-<int:number>.json", lists.edition_json, name="edition_json"),
    path("log/", lists.log, name="log"),
    path("log/files/<path:name>", lists.log_file, name="log_file"),
]
