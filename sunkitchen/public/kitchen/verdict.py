"""The one line under the picture, pure: what holds, or what needs attention. It only repeats facts shown below it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

CONFORMS, MOSTLY, FAILS = "conforms", "mostly", "fails"
RED, BLACK = "red", "black"
COUNTS = ("in_force", "expiring", "renewal_pending")


@dataclass(frozen=True)
class Verdict:
    tone: str  # ok or warn
    line: str


def judge(
    result: str,
    papers: Iterable[tuple[str, str]],
    colour: str,
    uncertified: int = 0,
    promised: Iterable[tuple[str, bool]] = (),
) -> Verdict:
    """`result` of the latest inspection ("" before the first), `papers` as (name, standing), `colour` of the listing,
    `uncertified` people whose posts need a health certificate and who have none in force, `promised` papers as (name,
    whether the word was broken)."""
    papers = list(papers)
    needs = [line for name, standing in papers if (line := _against(name, standing))]
    if not papers:
        needs.append(_("no paper on record"))
    promised = list(promised)
    needs += [_("%(paper)s promised, not handed in") % {"paper": name} for name, broken in promised if broken]
    if uncertified:
        count = ngettext("%(n)d health certificate missing", "%(n)d health certificates missing", uncertified)
        needs.append(count % {"n": uncertified})
    if result == FAILS:
        needs.append(_("inspection not passed"))
    if colour == BLACK:
        needs.insert(0, _("black list"))
    if needs:
        count = ngettext(
            "%(n)d point needs attention: %(points)s", "%(n)d points need attention: %(points)s", len(needs)
        )
        return Verdict("warn", count % {"n": len(needs), "points": _(", ").join(needs)})
    holds = [{CONFORMS: _("Inspection passed"), MOSTLY: _("Inspection mostly passed")}.get(result, "")]
    holds.append(_("Papers in force"))
    holds += [_("%(paper)s promised") % {"paper": name} for name, _broken in promised]
    holds.append(_("Red list") if colour == RED else "")
    return Verdict("ok", " · ".join(part for part in holds if part))


def between_operators(colour: str) -> Verdict:
    """Of a kitchen that changes hands: what the new operator has not brought yet speaks against nobody."""
    if colour == BLACK:
        return Verdict("warn", f"{_('Changing hands')} · {_('black list')}")
    return Verdict("", _("Changing hands"))


def _against(name: str, standing: str) -> str:
    if standing in COUNTS:
        return ""
    words = {
        "expired": _("%(paper)s expired"),
        "revoked": _("%(paper)s revoked"),
        "not_yet": _("%(paper)s not in force yet"),
    }
    return words[standing] % {"paper": name}
