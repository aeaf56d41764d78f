"""What a kitchen's owners are told about an outbreak. Inside the action's transaction, said once each."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ratings.letters import to_owners

from .models import Outbreak


def confirmed(outbreak: Outbreak) -> None:
    _tell(
        outbreak,
        "confirmed",
        _("The authority confirmed a food poisoning in your kitchen"),
        _(
            "It happened on {day}, number {number}: {findings} Your kitchen has no grade for six months. Is the record wrong? Tell the authority at once."
        ),
        day=outbreak.occurred_on,
        number=outbreak.document_number,
        findings=outbreak.findings,
    )


def revoked(outbreak: Outbreak) -> None:
    _tell(
        outbreak,
        "revoked",
        _("The food poisoning no longer counts for your kitchen"),
        _("The authority took number {number} back. The reason: {why}"),
        number=outbreak.document_number,
        why=outbreak.revoked_why,
    )


def _tell(outbreak: Outbreak, event: str, subject: Any, body: Any, **words: Any) -> None:
    to_owners(
        outbreak,
        f"outbreak.{event}",
        subject,
        body,
        dedupe=f"outbreak.{outbreak.pk}.{event}",
        page=("kitchen_duties", [outbreak.establishment.code]),
        **words,
    )
