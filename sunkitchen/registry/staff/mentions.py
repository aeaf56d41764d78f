"""What machines wrote with a person's name in it: messages to the kitchen, lines of tables, reasons of refusals."""

from django.db.models import F, Q, Value
from django.db.models.functions import Replace

from sunkitchen.core.models import Notice

from ..tables.models import TableImport
from .models import DataRequest, StaffMember


def forget(member: StaffMember, name: str) -> None:
    """That name of the person stands there no more. Inside a transaction."""
    spelt = {name, "".join(name.split())}
    for text in (text for text in spelt if len(text) > 1):  # one sign alone stands in too many words
        masked = Value(f"{text[:1]}*")
        said = Notice.objects.filter(establishment=member.establishment_id)
        for field in ("subject", "body"):
            said.filter(**{f"{field}__contains": text}).update(**{field: Replace(F(field), Value(text), masked)})
        DataRequest.objects.filter(staff_member=member, why__contains=text).update(
            why=Replace(F("why"), Value(text), masked)
        )
    for table in TableImport.objects.filter(Q(sort=TableImport.Sort.STAFF), establishment=member.establishment_id):
        kept = [line for line in table.lines if not _mentions(line, name)]
        named = any(text in table.name for text in spelt)
        if len(kept) != len(table.lines) or named:
            TableImport.objects.filter(pk=table.pk).update(lines=kept, name=StaffMember.ERASED if named else table.name)


def _mentions(line: dict[str, object], name: str) -> bool:
    cells, facts = line.get("cells") or {}, line.get("facts") or {}
    assert isinstance(cells, dict) and isinstance(facts, dict)
    plain = "".join(name.split())
    return any("".join(str(said.get("name", "")).split()) == plain for said in (cells, facts))
