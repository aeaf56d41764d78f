"""What is said of a hand-over. Written inside the action's transaction, said once each."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User

from ..letters import tell_owners, tell_people
from .models import HandOver


def invitation(handover: HandOver, code: str) -> tuple[str, str]:
    """To the new owner, who may have no account: in the installation's language. Subject and body."""
    with translation.override(settings.LANGUAGE_CODE):
        place = handover.establishment
        address = f"{settings.SITE_URL}{reverse('take_over')}?k={place.code}"
        body = gettext(
            "%(kitchen)s is offered to %(operator)s. To take it over, sign in at %(address)s and enter the code %(code)s by %(day)s. Give the code to nobody: we never ask for it."
        ) % {
            "kitchen": place.signboard,
            "operator": handover.operator_name,
            "address": address,
            "code": code,
            "day": date_format(localtime(handover.expires_at), "m-d"),
        }
        return gettext("A kitchen is offered to you"), body


def ending(handover: HandOver) -> str:
    """Why a paper ended, as it stands beside it: one language, the installation's."""
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext("Cancelled, not as a punishment: the kitchen was handed over to %(operator)s.")
        return words % {"operator": handover.operator_name}


def taken(handover: HandOver, former: Iterable[User]) -> None:
    """To the new owner what comes next; to everybody who acted for it that they do no longer."""
    place, new = handover.establishment, handover.taken_by
    assert new
    body = format_lazy(
        _(
            "{kitchen} is yours. Next: hand in your own licence and permit; it opens to guests when the permit is in force."
        ),
        kitchen=place.signboard,
    )
    tell_people([new], place, "handover.taken", _("The kitchen is yours here"), body, event=handover.pk)
    body = format_lazy(
        _("{kitchen} was handed over to {operator}. You no longer act for it; its papers ended, its history stays."),
        kitchen=place.signboard,
        operator=handover.operator_name,
    )
    subject = _("Your kitchen was handed over")
    tell_people(former, place, "handover.left", subject, body, event=handover.pk, page="desk")


def declined(handover: HandOver) -> None:
    body = format_lazy(_("{name} does not take over {kitchen}."), name=handover.name, kitchen=handover.establishment)
    _tell_owners(handover, "declined", _("The hand-over was declined"), body)


def expired(handover: HandOver) -> None:
    body = format_lazy(
        _("Nobody took over {kitchen} in time. You can offer it anew."), kitchen=handover.establishment.signboard
    )
    _tell_owners(handover, "expired", _("The hand-over expired"), body)


def _tell_owners(handover: HandOver, kind: str, subject: object, body: object) -> None:
    tell_owners(handover.establishment, f"handover.{kind}", subject, body, event=handover.pk, page="hand_over")
