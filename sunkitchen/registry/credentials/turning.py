"""A paper's page is turned upright by its own people, before it is handed in. The picture that came stays as it is."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, upright
from sunkitchen.core.workflow import Refused, WrongState

from ..uploads.turning import quarters
from . import guards
from .actions import SUBMIT
from .models import Credential


def may_turn(credential: Credential) -> bool:
    """Whether nobody judges it at this moment, or has."""
    return credential.source == Credential.Source.UPLOAD and credential.state in SUBMIT.sources


@transaction.atomic
def turn(credential: Credential, number: int, *, by: User, way: str) -> None:
    """Page `number` (from 1, through all files), by a quarter to the left or right.

    WrongState once it is handed in, Http404 when there is no such page.
    """
    turned = quarters(way)
    held = Credential.objects.select_for_update().get(pk=credential.pk)
    if not may_turn(held):
        raise WrongState("turn")
    if by.pk != held.created_by_id and not guards.acts_for(by, held.establishment):
        raise Refused(_("Only the kitchen's own people hand in its papers."))
    left = number
    for page in held.pages.select_related("file"):
        if 1 <= left <= page.file.pages:
            upright.turn(page.file, left, turned)
            audit.record(by, "credential.page_turned", held, page=number, quarters=turned)
            return
        left -= page.file.pages
    raise Http404
