"""What a kitchen's owners are told about a listing. Written inside the action's transaction, said once each."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import notices

from .afterwards import Amendment, Rectification
from .models import Edition, Listing, Objection


def noticed(listing: Listing) -> None:
    _tell(
        listing,
        "noticed",
        _("Your kitchen may be put on the black list"),
        _(
            "A notice is on its way to you. From its service you have {days} working days to object; that does not make anything worse."
        ),
        days=listing.edition.rules.objection_workdays,
    )


def served(listing: Listing) -> None:
    window = listing.window
    _tell(
        listing,
        "served",
        _("A notice was served on you"),
        _(
            "By the authority's record it was served on {day}. You may object until the end of {until}. Is the record wrong? Tell the authority at once."
        ),
        day=listing.service.served_on,
        until=window.day if window else "",
    )


def waived(listing: Listing) -> None:
    _tell(
        listing,
        "waived",
        _("Your waiver was recorded"),
        _(
            "By the authority's record you waived your objection on {day}, so the listing may be published. Is the record wrong? Tell the authority at once."
        ),
        day=listing.waiver.waived_on,
    )


def decided(objection: Objection) -> None:
    upheld = objection.state == Objection.State.REJECTED
    _tell(
        objection.listing,
        f"decided.{objection.pk}",
        _("Your objection was decided"),
        _("The listing stands. The answer: {answer}")
        if upheld
        else _("You are taken off the list. The answer: {answer}"),
        answer=objection.answer,
    )


def dropped(listing: Listing) -> None:
    _tell(listing, "dropped", _("You are not put on the list"), _("The authority took the listing back."))


def published(listing: Listing) -> None:
    edition = listing.edition
    address = [edition.authority.slug, edition.year, edition.number]
    _tell(
        listing,
        "published",
        _("Edition {number} of {year} is published, and your kitchen is on it"),
        _("{colour}, until {until}. Checkpoint and proof, to keep and to verify: {proof}"),
        page=("edition", address),
        number=edition.number,
        year=edition.year,
        colour=Listing.Colour(listing.colour).label,
        until=listing.term_until,
        proof=f"{settings.SITE_URL}{_path(settings.LANGUAGE_CODE, 'edition_json', address)}",
    )


def amended(amendment: Amendment) -> None:
    subject, body = {
        Amendment.Kind.CORRECTION: (_("Your listing was corrected"), _("{reason} ({document}).")),
        Amendment.Kind.STAY: (
            _("Your listing is suspended"),
            _("It is shown nowhere until the suspension ends. {reason} ({document})."),
        ),
        Amendment.Kind.WITHDRAWAL: (
            _("Your listing is withdrawn"),
            _(
                "Your name is shown nowhere any more; a notice of the withdrawal stays where it stood. {reason} ({document})."
            ),
        ),
        Amendment.Kind.REMOVAL: (
            _("Your kitchen is taken off the black list"),
            _("A visit saw it mended, so it leaves before its term ends. {reason} ({document})."),
        ),
    }[Amendment.Kind(amendment.kind)]
    _tell(
        amendment.listing,
        f"{amendment.kind}.{amendment.pk}",
        subject,
        body,
        reason=amendment.reason,
        document=amendment.document_number,
    )


def lifted(amendment: Amendment) -> None:
    _tell(
        amendment.listing,
        f"lifted.{amendment.pk}",
        _("The suspension of your listing has ended"),
        _("It is shown again for the rest of its term. {reason}"),
        reason=amendment.lifted_why,
    )


def rectification_asked(row: Rectification) -> None:
    _tell(
        row.listing,
        f"mended.{row.pk}",
        _("Somebody comes to see that it is mended"),
        _("Your statement is with the authority. A visit is due by {day}."),
        day=row.due_on,
    )


def rectification_decided(row: Rectification) -> None:
    mended = row.state == Rectification.State.VERIFIED
    _tell(
        row.listing,
        f"looked.{row.pk}",
        _("The visit saw it mended") if mended else _("The visit saw it not mended yet"),
        _("A publisher takes your kitchen off the black list now. {answer}")
        if mended
        else _("You may ask again once it is. The answer: {answer}"),
        answer=row.answer,
    )


def halted(edition: Edition, publisher: User, why: Any, *, hour: datetime, event: int) -> None:
    """To whoever released it: it did not come out at its hour."""
    notices.tell(
        publisher,
        "listing.halted",
        format_lazy(_("Edition {number} of {year} was not published"), number=edition.number, year=edition.year),
        format_lazy(
            _("It was to come out at {hour}, and is a draft again. {why}"),
            hour=f"{timezone.localtime(hour):%Y-%m-%d %H:%M}",
            why=why,
        ),
        dedupe=f"edition.{edition.pk}.halted.{event}",
        link=_path(publisher.language, "office_edition", [edition.pk]),
        about=edition,
    )


def _path(language: str, name: str, arguments: list[Any]) -> str:
    with translation.override(language):
        return reverse(name, args=arguments)


def _tell(
    listing: Listing, event: str, subject: Any, body: Any, *, page: tuple[str, list[Any]] | None = None, **words: Any
) -> None:
    name, arguments = page or ("listing_desk", [listing.pk])
    owners = User.objects.filter(
        memberships__establishment=listing.establishment, memberships__role="owner", memberships__ended_at=None
    )
    for owner in owners:
        notices.tell(
            owner,
            f"listing.{event}",
            format_lazy(subject, **words),
            format_lazy(body, **words),
            dedupe=f"listing.{listing.pk}.{event}",
            link=_path(owner.language, name, arguments),
            about=listing,
        )
