"""How a person wants to hear of a topic: at once, once a day in one letter, or on the desk alone.

What has legal weight, or keeps an account safe, is said at once whatever was chosen.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .models import Notice, NoticeChoice
from .workflow import Refused

How = NoticeChoice.How
# First words of kinds. Terms run from these, or somebody may be harmed: nobody switches them off by mistake.
ALWAYS = frozenset(
    {"listing", "sample", "reminder", "outbreak", "recall", "user", "second_factor", "membership", "handover", "claim"}
    | {"establishment", "alarm", "undertaking"}
)
ALWAYS_KINDS = frozenset({"credential.revoked"})  # of topics that are people's own choice else
CHANNELS = (Notice.Channel.SMS, Notice.Channel.EMAIL)


def topic_of(kind: str) -> str:
    return kind.partition(".")[0]


def chosen(person: Any, kind: str) -> Mapping[str, str]:
    """{channel: How} for SMS and email; the topic's own choice before the one for all others."""
    topic = topic_of(kind)
    if topic in ALWAYS or kind in ALWAYS_KINDS:
        return {}
    rows = {row.topic: row for row in NoticeChoice.objects.filter(person=person, topic__in=["", topic])}
    row = rows.get(topic) or rows.get("")
    return {Notice.Channel.SMS: row.sms, Notice.Channel.EMAIL: row.email} if row else {}


def digest_day(at: datetime) -> date:
    """The day whose letter takes what happens at that moment."""
    local = timezone.localtime(at)
    return local.date() + timedelta(days=local.hour >= settings.NOTICE_DIGEST_HOUR)


@transaction.atomic
def choose(*, by: Any, choices: Mapping[str, Mapping[str, str]]) -> None:
    """`choices`: {topic: {"sms": How, "email": How}}, "" for all others. Refused for what is always said at once."""
    for topic, hows in choices.items():
        if topic in ALWAYS:
            raise Refused(_("This is always said at once."))
        if set(hows) != {"sms", "email"} or not set(hows.values()) <= set(How.values):
            raise Refused(_("Please choose one of the ways."))
        NoticeChoice.objects.update_or_create(person=by, topic=topic[:30], defaults=dict(hows))
    audit.record(by, "notice.choices", by, choices={topic: dict(hows) for topic, hows in choices.items()})
