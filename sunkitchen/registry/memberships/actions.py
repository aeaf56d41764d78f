"""Who acts for a kitchen: managers added by its owner, memberships ended, nobody left without an owner."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts import actions as accounts
from sunkitchen.accounts import mobile as mobiles
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from . import letters
from .models import Membership

MOST_MANAGERS = 30
MOST_A_DAY = 10  # each gets a message: this is no way to send many


@transaction.atomic
def add_manager(
    establishment: Establishment, *, by: User, name: str, email: str | None = None, mobile: str | None = None
) -> Membership:
    """A manager, reached by a mobile number or an email; an account is opened when there is none, and nobody is told
    whether there was. Refused for an officer of that division: nobody supervises their own kitchen."""
    name, email, mobile = name.strip(), (email or "").strip() or None, (mobile or "").strip() or None
    if not name or len(name) > 60:
        raise Refused(_("Please write the person's name, at most 60 characters."))
    email, mobile = _reachable(email, mobile)
    place = Establishment.objects.select_for_update().get(pk=establishment.pk)
    held = Membership.objects.filter(establishment=place, ended_at=None)
    if held.filter(role=Membership.Role.MANAGER).count() >= MOST_MANAGERS:
        raise Refused(_("A kitchen has at most %(most)s managers.") % {"most": MOST_MANAGERS})
    fresh = Membership.objects.filter(establishment=place, since__gt=timezone.now() - timedelta(days=1))
    if fresh.filter(role=Membership.Role.MANAGER).count() >= MOST_A_DAY:
        raise Refused(_("At most %(most)s people a day. Please go on tomorrow.") % {"most": MOST_A_DAY})
    person = accounts.open_account(name=name, email=email, mobile=mobile, by=by)
    if _supervises(person, place):
        raise Refused(
            _("This person is an officer of the authority that supervises this kitchen, so cannot act for it.")
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=person,
                establishment=place,
                role=Membership.Role.MANAGER,
                name=name,
                contact=mobile or email or "",
            )
    except IntegrityError:
        raise Refused(_("This person acts for the kitchen already.")) from None
    audit.record(by, "membership.added", membership, kitchen=place.code, role=membership.role)
    letters.added(membership, by)
    return membership


@transaction.atomic
def end(membership: Membership, *, by: User) -> None:
    """From this moment they act for the kitchen no more; what they did stays theirs. The last owner stays."""
    place = Establishment.objects.select_for_update().get(pk=membership.establishment_id)
    held = Membership.objects.filter(establishment=place, ended_at=None)
    owners = held.filter(role=Membership.Role.OWNER)
    if membership.role == Membership.Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Refused(_("A kitchen has an owner. Hand it over to another one first, or close it."))
    if not held.filter(pk=membership.pk).update(ended_at=timezone.now()):
        raise WrongState("end")
    membership.refresh_from_db()
    audit.record(by, "membership.ended", membership, kitchen=place.code, role=membership.role)
    letters.ended(membership, by)


def _reachable(email: str | None, mobile: str | None) -> tuple[str | None, str | None]:
    """As they are stored. Refused when neither reaches anybody."""
    if not email and not mobile:
        raise Refused(_("Please write a mobile number or an email."))
    try:
        mobile = mobiles.normal(mobile) if mobile else None
    except ValueError:
        raise Refused(_("This is not a mobile number. Please look at it again.")) from None
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise Refused(error.messages[0]) from None
    return email, mobile


def _supervises(person: User, place: Establishment) -> bool:
    scope = place.scope
    return any(grant.division is not None and grant.covers(scope) for grant in access.grants(person))
