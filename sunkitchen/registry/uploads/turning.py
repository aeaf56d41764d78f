"""A page is turned by whoever brought it: which way is up is a person's word, kept beside the picture."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, upright
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState

from .models import Upload

WAYS = {"left": -1, "right": 1}  # by a quarter


def quarters(way: str) -> int:
    """Refused for any other word than left and right."""
    if way not in WAYS:
        raise Refused(_("A page is turned to the left or to the right."))
    return WAYS[way]


@transaction.atomic
def turn(upload: Upload, number: int, *, by: User, way: str) -> None:
    """Page `number` (from 1), by a quarter to the left or right, before a form takes the file.

    WrongState when one was faster, Http404 when there is no such page (yet).
    """
    turned = quarters(way)
    held = Upload.objects.select_for_update().filter(pk=upload.pk, used_at=None).first()
    if held is None:
        raise WrongState("turn")
    if held.file is None:
        raise Http404
    if held.by_id != by.pk and not (held.establishment and access.can(by, Can.HAND_IN_PAPERS, held.establishment)):
        raise Refused(_("Only the kitchen's own people hand in its papers."))
    upright.turn(held.file, number, turned)
