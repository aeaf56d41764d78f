"""SMS by a signed HTTP POST: one generic adapter for a provider's gateway, or for the small bridge in front of it.

The request, so that the other side can be written from this page:

    POST <SMS_HTTP_URL>
    Content-Type: application/json
    X-Sunkitchen-Timestamp: <Unix seconds>
    X-Sunkitchen-Signature: sha256=<hex HMAC-SHA256 with SMS_HTTP_SECRET over "<timestamp>.<body>">

    {"mobile": "13800000001", "text": "…"}

Any 2xx answer means that the gateway took the message; 410 that nobody has this number, which shows and is not tried
again; everything else is a failure and tried again by the sweep. The
receiver refuses a timestamp older than five minutes, and may see a message twice when an answer was lost.
"""

import hashlib
import hmac
import http.client
import json
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .sms import NoSuchNumber

PATIENCE = 10.0  # seconds for the connection, and for each read: well below the ten minutes of a claim


class NotSent(Exception):
    """The gateway did not take it. Names a status or the kind of error: no address, no text, no secret."""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Hex HMAC-SHA256 over "<timestamp>.<body>"."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class HttpAdapter:
    """As `core.sms.Adapter`. Redirects are not followed: the signature is for this address alone."""

    def send(self, mobile: str, text: str) -> None:
        address = urlsplit(settings.SMS_HTTP_URL)
        if address.scheme not in ("http", "https") or not address.hostname or not settings.SMS_HTTP_SECRET:
            raise ImproperlyConfigured("SMS_HTTP_URL and SMS_HTTP_SECRET must be set for the HTTP adapter of SMS.")
        body = json.dumps({"mobile": mobile, "text": text}, ensure_ascii=False).encode()
        now = int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Sunkitchen-Timestamp": str(now),
            "X-Sunkitchen-Signature": f"sha256={signature(settings.SMS_HTTP_SECRET, now, body)}",
        }
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname, address.port, timeout=PATIENCE)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(f"the gateway does not answer ({type(error).__name__})") from None
        finally:
            connection.close()
        if status == 410:
            raise NoSuchNumber(f"the gateway answered {status}")
        if not 200 <= status < 300:
            raise NotSent(f"the gateway answered {status}")
