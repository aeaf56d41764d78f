"""One more who read an edition, or passed it on: a beacon without a cookie, counted a few times an hour from one place."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ratings.editions import reach
from sunkitchen.accounts.adapter import client_ip
from sunkitchen.core.origin import is_own_form

from .views import published

MOST, HOUR = 60, 3600  # from one address, which many phones may share; only its keyed hash is kept, for an hour


@csrf_exempt  # it knows nobody and sets no cookie: that our own page sends it is seen by its Origin
@require_POST
def edition_read(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    return _counted(request, "reads", authority, year, number)


@csrf_exempt  # it knows nobody and sets no cookie: that our own page sends it is seen by its Origin
@require_POST
def edition_shared(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    return _counted(request, "shares", authority, year, number)


def _counted(request: HttpRequest, what: str, authority: str, year: int, number: int) -> HttpResponse:
    if not is_own_form(request):
        return HttpResponse(status=403)
    shown = published(authority, year, number)
    key = "reach." + salted_hmac("reach", f"{client_ip(request)} {what} {shown.pk}", algorithm="sha256").hexdigest()
    cache.add(key, 0, timeout=HOUR)
    try:
        if cache.incr(key) > MOST:
            return HttpResponse(status=429)
    except ValueError:  # it has just gone
        cache.set(key, 1, timeout=HOUR)
    reach.count(shown, what, timezone.now())
    return HttpResponse(status=204)
