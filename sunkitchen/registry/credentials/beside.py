"""A paper's fields with their checks, and its pages, as both sides see them."""

from django.utils import timezone

from sunkitchen.core.access import Can

from . import actions as credentials
from .checks import Facts, checks
from .models import Credential


def picture_of(row: Credential) -> Can:
    """What it takes to see it: a health certificate is a person's health, and not every officer's business."""
    return Can.SEE_HEALTH if row.staff_member_id else Can.SEE_PAPERS


def page_numbers(row: Credential) -> range:
    return range(1, sum(page.file.pages for page in row.pages.select_related("file")) + 1)


def beside(row):
    """(name, label, value, its checks) for each field, in the order of the paper. A last day of None is no end."""
    place = row.establishment
    found = checks(
        Facts(
            kind=row.kind,
            number=row.number,
            holder=row.holder,
            valid_from=row.valid_from,
            valid_through=row.valid_through,
            operator_name=place.operator_name,
            division=place.division,
            uscc=place.uscc,
            person=row.staff_member.name if row.staff_member else "",
            left_on=row.staff_member.left_on if row.staff_member else None,
        ),
        timezone.localdate(),
    )
    return [
        (name, row._meta.get_field(name).verbose_name, getattr(row, name), [c for c in found if c.field == name])
        for name in credentials.FACTS
        if not (name == "items" and row.staff_member_id)
    ]
