"""The same number or picture at another kitchen or with another person: shown to the clerk, who judges it."""

from dataclasses import dataclass

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can

from ..establishments.models import Establishment
from .models import Credential


@dataclass(frozen=True)
class Twin:
    credential: Credential
    why: str  # "number" or "picture"
    visible: bool  # within the reader's reach; else only that it exists


def twins(credential: Credential, reader: User) -> list[Twin]:
    others = Credential.objects.select_related("establishment", "staff_member").exclude(pk=credential.pk)
    if credential.staff_member_id:  # a colleague's counts too
        others = others.exclude(staff_member=credential.staff_member_id)
    else:
        others = others.exclude(establishment=credential.establishment_id)
    others = others.exclude(state__in=[Credential.State.DRAFT])
    hashes = credential.pages.values("file__sha256")
    reach = set(Establishment.objects.within(reader, Can.SEE_PAPERS).values_list("pk", flat=True))
    found = [(row, "number") for row in others.filter(kind=credential.kind, number=credential.number)]
    found += [(row, "picture") for row in others.filter(pages__file__sha256__in=hashes).distinct()]
    return [Twin(row, why, row.establishment_id in reach) for row, why in found]
