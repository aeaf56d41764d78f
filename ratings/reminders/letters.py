"""What a kitchen's owners are told about reminders, and about what binds them. Inside the action's transaction."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ratings.letters import to_owners

from .models import Commitment, Reminder


def reminded(reminder: Reminder) -> None:
    _tell(
        reminder,
        "served",
        _("You have to mend something until {until}"),
        _(
            "{topic}: {says} By the authority's record this was served on you on {day}, number {number}. Is the record wrong? Tell the authority at once."
        ),
        topic=reminder.get_about_display(),
        says=reminder.says,
        day=reminder.served_on,
        until=reminder.mend_by,
        number=reminder.document_number,
    )


def ended(reminder: Reminder) -> None:
    is_mended = reminder.outcome == Reminder.Outcome.MENDED
    _tell(
        reminder,
        "ended",
        _("What had to be mended is mended") if is_mended else _("An order to mend something was taken back"),
        _("Number {number}. {why}"),
        number=reminder.document_number,
        why=reminder.ended_why,
    )


def bound(commitment: Commitment) -> None:
    _tell(
        commitment,
        "bound",
        _("Your kitchen is bound: {topic}"),
        _("{how}, number {number}, from {day} on. Is the record wrong? Tell the authority at once."),
        topic=commitment.get_about_display(),
        how=commitment.get_binding_display(),
        number=commitment.document_number,
        day=commitment.signed_on,
    )


def released(commitment: Commitment) -> None:
    _tell(
        commitment,
        "released",
        _("Your kitchen is no longer bound: {topic}"),
        _("Number {number}. {why}"),
        topic=commitment.get_about_display(),
        number=commitment.document_number,
        why=commitment.ended_why,
    )


def _tell(row: Reminder | Commitment, event: str, subject: Any, body: Any, **words: Any) -> None:
    to_owners(
        row,
        f"reminder.{event}",
        subject,
        body,
        dedupe=f"{row._meta.model_name}.{row.pk}.{event}",
        page=("kitchen_duties", [row.establishment.code]),
        **words,
    )
