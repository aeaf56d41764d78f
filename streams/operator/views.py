"""The operator's page: every camera there is, trouble first."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from streams.cameras.models import Camera, RelayRun
from streams.relay import metrics
from streams.relay.wire import HubDown
from sunkitchen.core.access import Can
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Establishment

from . import fleet

PER_PAGE = 100
COLUMNS = [
    ("kitchen", _("Kitchen")),
    ("trouble", _("State")),
    ("", _("Last picture")),
    ("restarts", _("Restarts")),
    ("viewers", _("Viewers")),
    ("traffic", _("Mbit/s")),
    ("delay", _("Delay")),
    ("cpu", _("CPU")),
    ("memory", _("Memory")),
    ("", _("Server")),
]


@login_required
@require_safe
def relay(request: HttpRequest) -> HttpResponse:
    """With the figures that this node's relay measures; without them where it is away, and then it says so."""
    office_only(request.user, Can.RUN_RELAY)
    now = timezone.now()
    said = _asked()
    channels = said.get("channels", {})
    reach = Establishment.objects.within(request.user, Can.RUN_RELAY)
    cameras = Camera.objects.filter(establishment__in=reach).select_related("establishment", "lease")
    lines = [fleet.line(camera, channels.get(camera.code), now) for camera in cameras]
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    sort = request.GET.get("sort", "")
    sort = sort if sort in fleet.SORTS else "trouble"
    page = Paginator(fleet.found(lines, words, sort), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "relay": said,
        "is_away": not said,
        "started_at": parse_datetime(said["started_at"]) if said else None,
        "run": RelayRun.objects.order_by("-seen_at").first(),
        "sums": fleet.sums(lines),
        "number": len(lines),
        "page": page,
        "words": words,
        "sort": sort,
        "columns": [(name, label, urlencode({"sort": name, **_with(words)})) for name, label in COLUMNS],
        "query": urlencode({"sort": sort, **_with(words)}),
        "now": now,
    }
    return render(request, "streams/relay.html", context)


def _with(words: str) -> dict[str, str]:
    return {"q": words} if words else {}


def _asked() -> dict[str, Any]:
    try:
        said = metrics.read(settings.RELAY_SOCKET)
    except HubDown:
        return {}
    load = (said.get("process") or {}).get("load")
    return {**said, "percent": None if load is None else load * 100}
