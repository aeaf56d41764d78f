"""What an owner does on the desk itself."""

from django.utils import timezone

from sunkitchen.accounts.models import User
from sunkitchen.core.models import Notice


def read_notices(*, by: User) -> int:
    """Mark every notice on the person's own desk as read; how many were new."""
    return Notice.objects.filter(recipient=by, channel=Notice.Channel.DESK, read_at=None).update(read_at=timezone.now())
