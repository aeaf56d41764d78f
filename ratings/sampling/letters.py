"""What a kitchen's owners are told about a sample. Written inside the action's transaction, said once each."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ratings.letters import to_owners

from .models import Sample


def taken(sample: Sample) -> None:
    _tell(
        sample,
        "taken",
        _("A sample was taken: {product}"),
        _("{quantity}, seal {seal}. You can follow it here to its result."),
        quantity=sample.quantity,
        seal=sample.seal,
    )


def sent(sample: Sample) -> None:
    _tell(
        sample, "sent", _("Your sample is on its way: {product}"), _("It left the officers' hands for the laboratory.")
    )


def received(sample: Sample) -> None:
    _tell(
        sample,
        "received",
        _("Your sample is at the laboratory: {product}"),
        _("{laboratory} has it."),
        laboratory=sample.laboratory,
    )


def passed(sample: Sample) -> None:
    _tell(
        sample,
        "passed",
        _("Your sample passed: {product}"),
        _("The result is final, and your kitchen's public page shows it."),
    )


def failed(sample: Sample) -> None:
    _tell(
        sample,
        "failed",
        _("Your sample failed: {product}"),
        _(
            "The result will be served on you. From its service you have {days} working days to ask for a retest. Nothing of it is public until then."
        ),
        days=settings.RETEST_WORKDAYS,
    )


def served(sample: Sample) -> None:
    window = sample.window
    _tell(
        sample,
        "served",
        _("A failed result was served on you: {product}"),
        _(
            "By the authority's record it was served on {day}. You may ask for a retest until the end of {until}. Is the record wrong? Tell the authority at once."
        ),
        day=sample.served_on,
        until=window.day if window else "",
    )


def contested(sample: Sample) -> None:
    _tell(
        sample,
        "contested",
        _("A retest was asked for: {product}"),
        _("Another laboratory tests the counter-sample. Until its result nothing is public."),
    )


def confirmed(sample: Sample) -> None:
    _tell(
        sample,
        "confirmed",
        _("The failed result is final: {product}"),
        _("It counts from {day} on, and your kitchen's public page shows it."),
        day=sample.final_on,
    )


def cleared(sample: Sample) -> None:
    _tell(
        sample,
        "cleared",
        _("Your sample passed the retest: {product}"),
        _("Nothing of the first result counts against you."),
    )


def voided(sample: Sample) -> None:
    _tell(
        sample,
        "voided",
        _("The sample does not count: {product}"),
        _("The authority took it back. The reason: {reason}"),
        reason=sample.void_reason,
    )


def _tell(sample: Sample, event: str, subject: Any, body: Any, **words: Any) -> None:
    to_owners(
        sample,
        f"sample.{event}",
        subject,
        body,
        dedupe=f"sample.{sample.pk}.{event}",
        page=("sample_desk", [sample.code]),
        product=sample.product,
        **words,
    )
