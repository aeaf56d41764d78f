"""What probes and scrapers ask."""

import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from . import health, metrics

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
KEPT_BY_NOBODY = {"Cache-Control": "no-store"}


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain", headers=KEPT_BY_NOBODY)


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether to send people here. Why not is told to whoever may read the metrics; a stranger gets the names."""
    found = health.kept(timezone.now())
    is_ready = all(said == health.OK for said in found.values())
    if not may_measure(request):
        found = {name: said if said == health.OK else "failing" for name, said in found.items()}
    answer = JsonResponse({"ready": is_ready, "checks": found}, status=200 if is_ready else 503, headers=KEPT_BY_NOBODY)
    vars(answer)["_has_been_logged"] = True  # Django's word: health tells its changes itself
    return answer


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    if not may_measure(request):
        raise Http404
    return HttpResponse(metrics.page(timezone.now()), content_type=CONTENT_TYPE_LATEST, headers=KEPT_BY_NOBODY)


def may_measure(request: HttpRequest) -> bool:
    """By METRICS_TOKEN where one is set; else from this machine itself, without a proxy in between."""
    if settings.METRICS_TOKEN:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(peer, "ipv4_mapped", None) or peer).is_loopback
