"""Another system hears what a person's desk hears: one POST a notice, signed as core.sms_http signs, to a public
address alone. The secret is shown once; too many failures in a row end it, and its person is told.
"""

import json
import secrets as random
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, outside, secrets
from .models import Notice, Webhook
from .sms_http import signature
from .workflow import Refused, WrongState

MOST = 5  # a person
ENDS_AFTER = 20  # failures in a row
WHY = {
    "scheme": gettext_lazy("Only addresses that begin with https:// are called."),
    "private": gettext_lazy("This address lies inside a private network: it is never called from here."),
    "unknown": gettext_lazy("There is no such address."),
}


@transaction.atomic
def make(*, by: Any, url: str, topics: list[str]) -> tuple[Webhook, str]:
    """The new webhook and its secret, which is not shown again. Refused for an address that is never called."""
    url = url.strip()
    try:
        outside.place(url, settings.WEBHOOK_ALLOW)
    except outside.NotAsked as error:
        raise Refused(WHY.get(error.code) or _("This is not an address that can be called.")) from None
    if len(url) > 300:
        raise Refused(_("This is not an address that can be called."))
    if Webhook.objects.filter(person=by, ended_at=None).count() >= MOST:
        raise Refused(_("At most %(most)s webhooks a person.") % {"most": MOST})
    secret = random.token_urlsafe(32)
    hook = Webhook.objects.create(person=by, url=url, sealed_secret=secrets.seal(secret), topics=topics)
    audit.record(by, "webhook.made", hook)
    return hook, secret


@transaction.atomic
def end(hook: Webhook, *, by: Any) -> None:
    if not Webhook.objects.filter(pk=hook.pk, ended_at=None).update(ended_at=timezone.now()):
        raise WrongState("end")
    Notice.objects.filter(webhook=hook, sent_at=None).delete()
    audit.record(by, "webhook.ended", hook)


def deliver(notice: Notice) -> None:
    """POST it. NotAsked, NoAnswer: without the address or the secret."""
    hook = notice.webhook
    assert hook is not None  # the channel says so
    if hook.ended_at:
        return
    said = {
        "id": notice.pk,
        "kind": notice.kind,
        "subject": notice.subject,
        "body": notice.body,
        "link": f"{settings.SITE_URL}{notice.link}" if notice.link else "",
        "at": notice.created_at.isoformat(),
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    now = int(time.time())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Sunkitchen-Timestamp": str(now),
        "X-Sunkitchen-Signature": f"sha256={signature(secrets.unseal(hook.sealed_secret), now, body)}",
    }
    outside.post(hook.url, headers, body, allow=settings.WEBHOOK_ALLOW)
    Webhook.objects.filter(pk=hook.pk).exclude(failures=0).update(failures=0)


def failed(hook: Webhook) -> bool:
    """One more in a row; whether that was the last."""
    Webhook.objects.filter(pk=hook.pk).update(failures=F("failures") + 1)
    with transaction.atomic():
        over = Webhook.objects.filter(pk=hook.pk, ended_at=None, failures__gte=ENDS_AFTER)
        if not over.update(ended_at=timezone.now()):
            return False
        Notice.objects.filter(webhook=hook, sent_at=None).delete()
        audit.record(None, "webhook.ended", hook)
    return True
