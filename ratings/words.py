"""Rules and checklists carry their words in both languages; a page shows those of its reader."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.models import AuditEntry

from .complaints import words as complaints

DEEDS = {
    **complaints.DEEDS,
    "edition.drafted": _("opened the draft"),
    "edition.computed_again": _("had the proposals computed again"),
    "proposal.set_aside": _("set a proposal aside"),
    "lists.arranged": _("set the rhythm of the lists"),
    "edition.published": _("published the edition"),
    "listing.picked": _("picked the kitchen"),
    "listing.noticed": _("issued the notice"),
    "listing.served": _("recorded the service"),
    "listing.waived": _("recorded the operator's waiver"),
    "listing.dropped": _("took the listing off"),
    "objection.lodged": _("lodged the objection"),
    "objection.decided": _("decided the objection"),
    "listing.attached": _("attached evidence"),
    "chain.set": _("set up the approval chain"),
    "edition.approved": _("agreed to the content"),
    "edition.refused": _("refused the content"),
    "edition.released": _("released the edition for its hour"),
    "edition.recalled": _("called the edition back"),
    "edition.halted": _("did not publish the edition at its hour"),
    "listing.stayed": _("suspended the listing by review or court"),
    "listing.stay_lifted": _("lifted the suspension"),
    "listing.withdrawn": _("withdrew the listing"),
    "listing.corrected": _("corrected the listing"),
    "listing.removed": _("removed the listing after rectification"),
    "listing.erased": _("erased who was listed"),
    "rectification.asked": _("asked for a visit: it is mended"),
    "rectification.verified": _("saw it mended"),
    "rectification.refused": _("saw it not mended yet"),
    "draw.committed": _("committed to a draw"),
    "draw.drawn": _("held the draw"),
    "draw.visit_begun": _("began the visit that was drawn"),
    "risk.set": _("gave the kitchen its risk class"),
    "sample.taken": _("took the sample"),
    "sample.handed_over": _("handed the sample over"),
    "sample.received": _("recorded that the laboratory has it"),
    "sample.reported": _("recorded the laboratory's result"),
    "sample.served": _("recorded the service of the result"),
    "sample.contested": _("asked for a retest"),
    "sample.retested": _("recorded the result of the retest"),
    "sample.confirmed": _("made the result final: nobody contested it in time"),
    "sample.voided": _("voided the sample"),
    "reminder.served": _("recorded an order to mend something"),
    "reminder.ended": _("ended an order to mend something"),
    "commitment.bound": _("recorded what binds the kitchen"),
    "commitment.released": _("released the kitchen from what bound it"),
    "outbreak.confirmed": _("confirmed a food poisoning"),
    "outbreak.revoked": _("took a food poisoning back"),
}


class Spoken(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def spoken(thing: Spoken) -> str:
    """The words of a rule, an item or a checklist in the reader's language."""
    return thing.en if (get_language() or "").startswith("en") else thing.zh


def told(trail: Iterable[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Audit entries with words for what was done."""
    for entry in trail:
        yield {"at": entry.at, "who": entry.actor_name, "words": DEEDS.get(entry.verb, entry.verb)}
