"""What a kitchen's people are told when an officer removes one of its photos."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..letters import tell_kitchen
from .models import Photo


def removed(photo: Photo, reason: str) -> None:
    body = format_lazy(
        _("A photo of {kitchen} ({subject}) was removed by the authority. Reason: {reason}"),
        kitchen=photo.establishment.signboard,
        subject=Photo.Subject(photo.subject).label,
        reason=reason,
    )
    subject = _("The authority has removed a photo")
    tell_kitchen(photo.establishment, "photo.removed", subject, body, event=photo.pk, page="photos")
