"""Who works in a kitchen: they join, change their post, leave; they consent to be filmed, and take it back."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sunkitchen.accounts import mobile as mobiles
from sunkitchen.accounts.models import User
from sunkitchen.core import audit, files
from sunkitchen.core.files import Upload
from sunkitchen.core.workflow import Refused, WrongState

from ..checked import checked
from ..establishments.models import Establishment
from . import letters, mentions
from .models import FilmingConsent, StaffMember

FACTS = ("name", "post", "mobile", "joined_on")
MOST_AT_ONCE = 500  # people of one kitchen: a school's canteen has a hundred
AHEAD = timedelta(days=90)  # how far ahead joining and leaving are written down
EARLIEST = date(1960, 1, 1)


@transaction.atomic
def add(
    establishment: Establishment, *, by: User, name: str, post: str, joined_on: date, mobile: str = ""
) -> StaffMember:
    """Somebody works here from `joined_on`. Refused when a fact breaks a rule, or the kitchen has closed."""
    if establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen has closed: nobody starts to work there."))
    if establishment.staff.working(timezone.localdate()).count() >= MOST_AT_ONCE:
        raise Refused(_("A kitchen has at most %(most)s people here.") % {"most": MOST_AT_ONCE})
    member = StaffMember(establishment=establishment, added_by=by)
    _set(member, {"name": name, "post": post, "joined_on": joined_on, "mobile": mobile})
    member.save()
    audit.record(by, "staff.added", member, post=member.post)
    return member


@transaction.atomic
def edit(member: StaffMember, *, by: User, **facts: Any) -> StaffMember:
    """Change facts of FACTS of somebody who works here."""
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"not facts of a person: {sorted(unknown)}")
    row = StaffMember.objects.select_for_update().get(pk=member.pk)
    if row.left_on is not None:
        raise Refused(_("Who has left is not changed any more."))
    before = {name: getattr(row, name) for name in facts}
    _set(row, facts)
    changes = [name for name, old in before.items() if old != getattr(row, name)]
    if "name" in changes and _certified_as_another(row):
        raise Refused(_("The health certificate here has another name. Somebody else is added as a new person."))
    if changes:
        row.save(update_fields=changes)
        # A person's name and number are theirs: the trail keeps only that they changed. Posts decide what is owed.
        posts = [before["post"], row.post] if "post" in changes else None
        audit.record(by, "staff.edited", row, changed=changes, post=posts)
        # An erasure knows the last name alone: an earlier one goes with its correction, unless it is a namesake's.
        if "name" in changes and not row.establishment.staff.filter(name=before["name"]).exists():
            mentions.forget(row, before["name"])
    member.refresh_from_db()
    return member


@transaction.atomic
def leave(member: StaffMember, *, by: User, on: date) -> None:
    """`on` is the first day they no longer work here. WrongState when they have left already."""
    held = StaffMember.objects.select_for_update().get(pk=member.pk)
    if on < held.joined_on:
        raise Refused(_("Nobody leaves before they joined. Please look at the day again."))
    if on > timezone.localdate() + AHEAD:
        raise Refused(_("That is far ahead. Please write it down when it is near."))
    _update(member, "leave", left_on=None, to={"left_on": on})
    audit.record(by, "staff.left", member, on=on.isoformat())


@transaction.atomic
def stay(member: StaffMember, *, by: User) -> None:
    """They have not left after all: what was written by mistake, or somebody who came back."""
    if not StaffMember.objects.filter(pk=member.pk, left_on__isnull=False, erased_at=None).update(left_on=None):
        raise WrongState("stay")
    member.refresh_from_db()
    audit.record(by, "staff.stays", member)


def give_consent(member: StaffMember, *, by: User, given_on: date, upload: Upload | None = None) -> FilmingConsent:
    """They signed the consent to be filmed on that day; `upload` is a photo of the signed form.

    WrongState when one stands already. After a withdrawal only a form signed since then counts.
    """
    if given_on > timezone.localdate():
        raise Refused(_("The form cannot be signed in the future."))
    if given_on < EARLIEST:
        raise Refused(_("Please look at the day again."))
    _since_withdrawal(member, given_on)
    with files.admitting([upload] if upload else []) as admitted, transaction.atomic():
        held = StaffMember.objects.select_for_update().get(pk=member.pk)
        _since_withdrawal(member, given_on)  # again: they may have withdrawn while the photo was looked at
        if held.left_on is not None and held.left_on <= given_on:
            raise Refused(_("Who has left gives no consent any more."))
        stored = [files.keep(page, by=by, owner_scope=f"establishment:{member.establishment_id}") for page in admitted]
        try:
            with transaction.atomic():
                consent = FilmingConsent.objects.create(
                    staff_member=member, given_on=given_on, form=stored[0] if stored else None, recorded_by=by
                )
        except IntegrityError:
            raise WrongState("give_consent") from None
        audit.record(by, "staff.consented", member, given_on=given_on.isoformat(), form=bool(stored))
    return consent


@transaction.atomic
def withdraw_consent(member: StaffMember, *, by: User | None) -> None:
    """They take it back: the live picture of their kitchen goes off while they stand before its cameras.

    `by` is None where they did it themselves, on their own page: their kitchen is told then.
    """
    StaffMember.objects.select_for_update().get(pk=member.pk)
    standing = FilmingConsent.objects.filter(staff_member=member.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=timezone.now()):
        raise WrongState("withdraw_consent")
    audit.record(by, "staff.consent_withdrawn", member, themselves=by is None)
    if by is None:
        letters.withdrawn(member)


@transaction.atomic
def end_consents(establishment: Establishment, *, by: User, at: datetime) -> int:
    """Whoever consented did so to the operator that leaves at `at`, its Operatorship's `until`: the new one asks anew.

    How many. Nobody withdrew anything, so nobody counts as objecting.
    """
    members = establishment.staff.filter(consents__withdrawn_at=None, consents__isnull=False)
    ended = list(members.distinct())
    FilmingConsent.objects.filter(staff_member__in=ended, withdrawn_at=None).update(withdrawn_at=at)
    for member in ended:
        audit.record(by, "staff.consent_ended", member)
    return len(ended)


@transaction.atomic
def show_staff(establishment: Establishment, *, by: User, shown: bool) -> None:
    """Whether the public reads posts and masked names, or the staff's coverage alone."""
    rows = Establishment.objects.filter(pk=establishment.pk).exclude(shows_staff=shown)
    if rows.update(shows_staff=shown):
        audit.record(by, "establishment.staff_shown" if shown else "establishment.staff_hidden", establishment)
    establishment.refresh_from_db()


def _certified_as_another(member: StaffMember) -> bool:
    """Whether a paper stands, or waits, that is in another name than theirs: a certificate is not handed on."""
    papers = member.certificates.filter(state__in=["submitted", "in_force"])
    return any(
        "".join(holder.split()) != "".join(member.name.split()) for holder in papers.values_list("holder", flat=True)
    )


def _since_withdrawal(member: StaffMember, given_on: date) -> None:
    last = member.consents.exclude(withdrawn_at=None).order_by("-withdrawn_at").first()
    if last is not None and last.withdrawn_at:
        since = timezone.localdate(last.withdrawn_at)
        if given_on < since:
            day = date_format(since, "DATE_FORMAT")
            if member.consents.ended_with_operator().filter(pk=last.pk).exists():
                words = _(
                    "The kitchen changed hands on %(day)s: only a form signed since then, for the new operator, counts."
                )
                raise Refused(words % {"day": day})
            raise Refused(_("It was withdrawn on %(day)s: only a form signed since then counts.") % {"day": day})


def _set(member: StaffMember, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(member, name, " ".join(value.split()) if isinstance(value, str) else value)
    if member.mobile:
        try:
            member.mobile = mobiles.normal(member.mobile)
        except ValueError:
            raise Refused(_("Please enter a mobile number of 11 digits, or with + and the country code.")) from None
    if member.joined_on and not EARLIEST <= member.joined_on <= timezone.localdate() + AHEAD:
        raise Refused(_("Please look at the day of joining again."))
    checked(member, exclude={"added_by", "establishment"}, alone=True)


def _update(member: StaffMember, step: str, *, left_on: date | None, to: dict[str, Any]) -> None:
    if StaffMember.objects.filter(pk=member.pk, left_on=left_on).update(**to) != 1:
        raise WrongState(step)
    member.refresh_from_db()
