"""What anybody may see."""

from django.urls import path

from .complaints import views as complaints
from .draws import views as draws
from .embed import views as embed
from .home import views as home
from .kitchen import views as kitchen
from .lists import reach_views as reached
from .lists import rules as list_rules
from .lists import views as lists
from .map import views as map_views
from .scan import views as scan
from .wall import views as wall

urlpatterns = [
    path("", home.home, name="home"),
    path("wall/", wall.wall, name="wall"),
    path("wall/now.json", wall.now_json, name="wall_now"),
    path("map/", map_views.map_page, name="map"),
    path("map/points.json", map_views.points, name="map_points"),
    path("privacy/", home.privacy, name="privacy"),
    path("privacy/kept/", home.kept, name="kept"),
    path("k/<slug:code>/", kitchen.kitchen, name="kitchen"),
    path("k/<slug:code>/live.json", kitchen.live, name="kitchen_live"),
    path("k/<slug:code>/poster/<slug:camera>.jpg", kitchen.poster, name="kitchen_poster"),
    path("k/<slug:code>/photos/<int:pk>.jpg", kitchen.photo, name="kitchen_photo"),
    path("k/<slug:code>/kiosk/", wall.kiosk, name="kitchen_kiosk"),
    path("k/<slug:code>/ledger/", kitchen.ledger_page, name="kitchen_ledger"),
    path("k/<slug:code>/history/", kitchen.history, name="kitchen_history"),
    path("say/<slug:code>/", complaints.say, name="say"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/new/", complaints.new, name="complaint_new"),
    path("complaints/<slug:tracking>/", complaints.complaint, name="complaint"),
    path("q/<slug:token>", scan.scan, name="scan"),
    path("Q/<slug:token>", scan.scan, name="scan_upper"),  # upper case makes a smaller QR code
    path("badge/<slug:code>.svg", embed.badge, name="badge"),
    path("embed/<slug:code>/", embed.embed, name="embed"),
    path("lists/", lists.editions, name="lists"),
    path("lists/feed.atom", lists.feed, name="lists_feed"),
    path("lists/rules/", list_rules.rules, name="list_rules"),
    path("lists/rules/<slug:version>/", list_rules.rules_of, name="list_rules_of"),
    path("lists/<slug:authority>/", lists.archive, name="archive"),
    path("lists/<slug:authority>/<int:year>-<int:number>/", lists.edition, name="edition"),
    path("lists/<slug:authority>/<int:year>-<int:number>.csv", lists.edition_csv, name="edition_csv"),
    path("lists/<slug:authority>/<int:year>-<int:number>.pdf", lists.edition_pdf, name="edition_pdf"),
    path("lists/<slug:authority>/<int:year>-<int:number>.png", lists.edition_png, name="edition_png"),
    path("lists/<slug:authority>/<int:year>-<int:number>.json", lists.edition_json, name="edition_json"),
    path("draws/", draws.draws, name="public_draws"),
    path("draws/redraw.py", draws.draw_tool, name="public_draw_tool"),
    path("draws/<slug:authority>/<int:year>-<int:number>/", draws.draw, name="public_draw"),
    path("draws/<slug:authority>/<int:year>-<int:number>.json", draws.draw_json, name="public_draw_json"),
    path("lists/<slug:authority>/<int:year>-<int:number>.xlsx", lists.edition_xlsx, name="edition_xlsx"),
    path("lists/<slug:authority>/<int:year>-<int:number>.docx", lists.edition_docx, name="edition_docx"),
    path("lists/<slug:authority>/<int:year>-<int:number>/out/", lists.edition_out, name="edition_out"),
    path("lists/<slug:authority>/<int:year>-<int:number>/read", reached.edition_read, name="edition_read"),
    path("lists/<slug:authority>/<int:year>-<int:number>/share", reached.edition_shared, name="edition_shared"),
    path("log/", lists.log, name="log"),
    path("log/verify.py", lists.log_verifier, name="log_verifier"),
    path("log/proofs/<int:seq>.json", lists.log_proof, name="log_proof"),
    path("log/files/<path:name>", lists.log_file, name="log_file"),
]
