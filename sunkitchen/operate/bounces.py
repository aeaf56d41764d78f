"""What a mail or SMS provider says came back: one signed POST an address, as core.sms_http signs."""

import hmac
import json
import time

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sunkitchen.core import notices
from sunkitchen.core.models import Notice
from sunkitchen.core.sms_http import signature

YOUNG = 300  # seconds: an older one is replayed
MOST = 4096  # bytes


@csrf_exempt
@require_POST
def bounces(request):
    """204 whether the address is known or not; 401 for a wrong signature; 404 where no provider was set up."""
    if not settings.BOUNCE_SECRET:
        raise Http404
    body = request.read(MOST + 1)
    if len(body) > MOST:
        return HttpResponse(status=413)
    stamp = request.headers.get("X-Sunkitchen-Timestamp", "")
    given = request.headers.get("X-Sunkitchen-Signature", "")
    young = stamp.isascii() and stamp.isdigit() and abs(time.time() - int(stamp[:12])) < YOUNG
    right = f"sha256={signature(settings.BOUNCE_SECRET, int(stamp[:12]) if young else 0, body)}"
    if not young or not hmac.compare_digest(given.encode(), right.encode()):
        return HttpResponse(status=401)
    try:
        said = json.loads(body)
        channel, address = said["channel"], said["address"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return HttpResponse(status=400)
    # No mailbox and no number has control characters, nor halves of a character, which no database takes.
    plain = isinstance(address, str) and address.isprintable()
    if channel not in (Notice.Channel.SMS, Notice.Channel.EMAIL) or not plain:
        return HttpResponse(status=400)
    notices.bounced(channel, address[:254], timezone.now())
    return HttpResponse(status=204)
