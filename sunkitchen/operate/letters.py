"""Who is told when the installation itself needs a person."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Post, User
from sunkitchen.core import notices

from .models import Alarm

WORDS = {
    Alarm.Name.LOG_BROKEN: (
        _("The published log does not verify"),
        _(
            "The rows of the published log are not what was signed, or no longer guarded. Nothing is signed until "
            "somebody has looked. Keep every copy of the log that you have, and tell whoever runs this installation."
        ),
    ),
}


def alarm(alarm: Alarm, at: datetime) -> None:
    """Every auditor, and who looks after the installation: once a day while it stands."""
    subject, body = WORDS[Alarm.Name(alarm.name)]
    auditing = Post.objects.held().filter(role=Post.Role.AUDITOR).values("user")
    for person in User.objects.filter(Q(pk__in=auditing) | Q(is_superuser=True), is_active=True):
        notices.tell(
            person,
            f"alarm.{alarm.name}",
            subject,
            body,
            dedupe=f"alarm:{alarm.name}:{timezone.localdate(at)}",
            link=reverse("log"),
        )
