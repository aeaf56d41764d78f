"""What is said when a kitchen was claimed. Written inside the action's transaction, said once each."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..establishments.models import Establishment
from ..letters import tell_people
from .models import Invitation


def claimed(invitation: Invitation, place: Establishment) -> None:
    """To whoever claimed it, and to the officer who had invited them."""
    person = invitation.used_by
    assert person
    body = _(
        "You act for {kitchen} from now on. The papers that the bureau holds are there already. Was it not you? Tell the bureau at once."
    )
    subject = _("The kitchen is yours here")
    words = format_lazy(body, kitchen=place.signboard)
    tell_people([person], place, "kitchen.claimed", subject, words, event=invitation.pk)
    words = format_lazy(_("{person} claimed {kitchen} with the letter's code."), person=person, kitchen=place.signboard)
    subject = _("A kitchen was claimed")
    tell_people([invitation.issued_by], place, "kitchen.taken_over", subject, words, event=invitation.pk)
