"""The bureau's own sheet 媒体口径 for a black listing: what was published, how it came to that, what may be said and what not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from ..afterwards import Amendment
from ..models import Listing, ListingIdentity, Objection


@dataclass(frozen=True)
class Step:
    day: date
    text: str


@dataclass(frozen=True)
class Sheet:
    identity: ListingIdentity | None  # None: nobody may be named now, and `silence` says why
    silence: str
    finding: dict[str, Any]  # as published
    steps: list[Step]
    is_open: bool  # somebody still decides: an objection, a suspension


SILENCE = {
    "stay": "因复议或者诉讼中止公示，中止期间不得披露企业名称",
    "withdrawal": "公示已撤销，不得再披露企业名称",
    "removal": "整改核查合格已移出，不得再披露企业名称",
}
AMENDED = {
    "correction": "更正",
    "stay": "中止公示",
    "withdrawal": "撤销公示",
    "removal": "整改核查合格，移出名单",
}


def of(listing: Listing, at: datetime) -> Sheet:
    """In the bureau's language. The name is on it only while it may be told; what was found stays."""
    identity = listing.named(at)
    hiding = [one for one in listing.amendments.all() if one.hides]
    silence = ""
    if identity is None:
        silence = SILENCE.get(hiding[0].kind, "") if hiding else "公示期已满或者信息已依法删除，不得再披露企业名称"
    is_open = any(one.state == Objection.State.OPEN for one in listing.objections.all())
    is_open = is_open or any(one.kind == Amendment.Kind.STAY for one in hiding)
    return Sheet(identity, silence, dict(listing.finding), _steps(listing), is_open)


def _steps(listing: Listing) -> list[Step]:
    """Every step of due process by its day, in the order in which they happened."""
    steps = [_at(listing.noticed_at, f"作出拟公示告知书（{listing.document_number}）")]
    if service := getattr(listing, "service", None):
        steps.append(Step(service.served_on, f"送达告知书（{_METHODS.get(service.method, service.method)}）"))
    for objection in listing.objections.all():
        steps.append(_at(objection.lodged_at, "经营者提出陈述申辩"))
        outcome = "维持" if objection.state == Objection.State.REJECTED else "采纳"
        steps.append(_at(objection.decided_at, f"陈述申辩审查完毕：{outcome}"))
    if waiver := getattr(listing, "waiver", None):
        steps.append(Step(waiver.waived_on, "经营者书面放弃陈述申辩"))
    steps.append(_at(listing.edition.published_at, f"公示（{listing.edition.year} 年第 {listing.edition.number} 期）"))
    for one in listing.amendments.all():
        steps.append(_at(one.at, f"{AMENDED.get(one.kind, one.kind)}（{one.document_number}）"))
        steps.append(_at(one.lifted_at, "恢复公示"))
    return sorted((step for step in steps if step), key=lambda step: step.day)


_METHODS = {"direct": "直接送达", "left": "留置送达", "post": "邮寄送达", "electronic": "电子送达"}


def _at(moment: datetime | None, text: str) -> Any:
    return Step(timezone.localtime(moment).date(), text) if moment else None
