"""Who has a paper open: said to colleagues for a while, so that two don't begin the same one. It keeps nobody out."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from sunkitchen.accounts.models import User

from .models import Credential, OnDesk

FOR = timedelta(minutes=10)  # without a sign of life [P]


def lay(credential: Credential, *, by: User, at: datetime) -> OnDesk:
    """On that clerk's desk from now on, unless a colleague has it open: whose it is."""
    free = OnDesk.objects.filter(Q(by=by) | Q(until__lte=at), credential=credential)
    if not free.update(by=by, until=at + FOR):
        try:
            with transaction.atomic():
                return OnDesk.objects.create(credential=credential, by=by, until=at + FOR)
        except IntegrityError:
            pass  # a colleague has it
    return OnDesk.objects.select_related("by").get(credential=credential)


def clear(credential: Credential, *, by: User) -> None:
    """That clerk is through with it."""
    OnDesk.objects.filter(credential=credential, by=by).delete()


def colleague(credential: Credential, user: User, at: datetime) -> OnDesk | None:
    """Who else has it open."""
    return OnDesk.objects.filter(credential=credential, until__gt=at).exclude(by=user).select_related("by").first()
