"""One front door. Live pictures and pushes are plain ASGI apps, dispatched before Django's middleware: an endless
POST never reaches a Django view, and a held async request through Django pins a thread (both measured)."""

import os
import warnings
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")
# Where one process serves everything a file is read whole before it is sent; that is no news to whoever runs it.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
pages = get_asgi_application()

from streams.delivery import hls, ingest, live, ws_ingest  # noqa: E402 - after Django's set-up
from sunkitchen import celery  # noqa: E402,F401 - tasks called from a page find their broker
from sunkitchen.desks.notices import consumer as bell  # noqa: E402
from sunkitchen.operate import doors  # noqa: E402
from sunkitchen.registry.consultations import consumer as talk  # noqa: E402

# (scope type, path prefix, app): the permission test walks this table too.
ROUTES: list[tuple[str, str, Any]] = [
    ("websocket", "/ws/live/", live.app),
    ("websocket", "/ws/ingest/", ws_ingest.app),
    ("websocket", "/ws/bell/", bell.app),
    ("websocket", "/ws/talk/", talk.app),
    ("http", "/live/", hls.app),
    ("http", "/ingest/", ingest.app),
]


async def application(scope, receive, send):
    path = scope.get("path", "")
    for kind, prefix, app in ROUTES:
        if scope["type"] == kind and path.startswith(prefix):
            return await doors.counted(prefix.strip("/"), app, scope, receive, send)
    if scope["type"] == "http":
        return await pages(scope, receive, send)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4404})
        return None
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return None
    return None
