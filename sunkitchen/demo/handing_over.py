"""One kitchen that went to a new operator half a year ago, and one that is offered to one now."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.utils import timezone
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from sunkitchen.accounts import actions as accounts
from sunkitchen.core.models import Notice
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.handovers import actions as handovers
from sunkitchen.registry.models import Credential, HandOver, StaffMember

from . import opening
from .cast import CITY, LI, Kitchen, Person
from .tale import Tale, workday

HANDED_OVER, OFFERED = 23, 26  # serials
DAYS_AGO, OFFERED_DAYS_AGO = 185, 2
NEW = Person("yu", "俞新", "")
OPERATOR = "海澜市新灶餐饮有限公司"


def plan(tale: Tale) -> None:
    for kitchen in tale.kitchens:
        if kitchen.serial == HANDED_OVER:
            day = workday(tale.ago(DAYS_AGO))
            tale.on(tale.moment(day, 9, 20), partial(change_hands, tale, kitchen))
        elif kitchen.serial == OFFERED:
            day = workday(tale.ago(OFFERED_DAYS_AGO))
            tale.on(tale.moment(day, 15, 10), partial(offer, tale, kitchen))


def change_hands(tale: Tale, kitchen: Kitchen) -> None:
    """Offered, taken over with the people who work there; five days later the new permit is in force."""
    body = f"91{CITY}MADEMP{kitchen.serial:03d}"
    new = replace(kitchen, operator=OPERATOR)
    code = body + uscc.calc_check_digit(body)
    row = _offered(tale, kitchen, NEW, OPERATOR, str(code))
    person = accounts.open_account(name=NEW.name, email=NEW.email, by=None)
    place = row.establishment
    staff = StaffMember.objects.filter(establishment=place, left_on=None)
    place = handovers.take(row, by=person, proof=row.code_hash, staying=list(staff.values_list("pk", flat=True)))
    assert kitchen.owner
    tale.users[kitchen.owner.key] = person  # whoever acts for it from now on
    tale.places[kitchen.serial] = place
    tale.on(tale.moment(workday(timezone.localdate() + timedelta(days=5)), 10), lambda: permit(tale, new))


def permit(tale: Tale, kitchen: Kitchen) -> None:
    """The new operator's first: with it the kitchen opens again."""
    digits = f"2{CITY}9{kitchen.serial:05d}"
    number = f"JY{digits}{mod_11_10.calc_check_digit(digits)}"
    begins = tale.ago(DAYS_AGO - 6)
    paper = opening.hand_in(
        tale, kitchen, Credential.Kind.FOOD_PERMIT, number, (begins, begins + timedelta(days=5 * 365))
    )
    credentials.take_up(paper, by=tale.user(LI))
    credentials.approve(paper, by=tale.user(LI))
    tale.places[kitchen.serial].refresh_from_db()


def offer(tale: Tale, kitchen: Kitchen) -> None:
    _offered(tale, kitchen, Person("fangs", "方顺", ""), "海澜市顺风餐饮店")


def _offered(tale: Tale, kitchen: Kitchen, person: Person, operator: str, code: str = "") -> HandOver:
    place = tale.places[kitchen.serial]
    place.refresh_from_db()
    row = handovers.offer(
        place,
        by=opening.owner_of(tale, kitchen),
        name=person.name,
        contact=person.email,
        operator_name=operator,
        uscc=code,
    )
    # Nobody of the demo reads mail: what waits to be sent is not sent.
    Notice.objects.filter(recipient=None, dedupe__startswith=f"handover:{row.pk}:").delete()
    return row
