"""The table of people that a kitchen brings: who joins, who leaves, and the certificates that they hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sunkitchen.accounts import mobile as mobiles
from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can

from ..credentials import actions as credentials
from ..credentials.checks import LONGEST_CERTIFICATE_DAYS
from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..tables.cells import day, printable, rounded, words
from ..tables.headings import Headings
from ..tables.reading import Cell
from ..tables.sorts import Facts, Line, Said, Sort, on_line
from . import actions
from .models import StaffMember
from .posts import post_of

NAMES: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "人员姓名", "员工姓名", "从业人员", "name", "full name"),
    "post": ("岗位", "工种", "职务", "职位", "岗位工种", "post", "position", "job"),
    "mobile": ("手机号", "手机", "手机号码", "联系电话", "电话", "mobile", "mobile number", "phone"),
    "joined_on": ("入职日期", "到岗日期", "入职时间", "上岗日期", "joined on", "joined", "start date"),
    "left_on": ("离职日期", "离岗日期", "离职时间", "left on", "left", "end date"),
    "number": (
        *("健康证编号", "健康证号", "健康证号码", "健康证明编号", "健康合格证号", "证号"),
        *("health certificate", "certificate number", "health certificate number"),
    ),
    "issuer": ("发证机构", "体检机构", "发证单位", "发证机关", "体检单位", "issuer", "issued by"),
    "valid_from": ("发证日期", "体检日期", "签发日期", "有效期起", "valid from", "issued on"),
    "valid_through": ("有效期至", "健康证有效期至", "健康证到期日", "到期日期", "有效期止", "valid through", "expires"),
}
COLUMNS = ("name", "post", "mobile", "joined_on", "number", "issuer", "valid_from", "valid_through", "left_on")
EXAMPLE = {
    "name": "张示例",
    "post": "厨师",
    "mobile": "13800000000",
    "joined_on": "2026-03-01",
    "number": "浙健2026000001",
    "issuer": "海澜市疾病预防控制中心",
    "valid_from": "2026-02-20",
    "valid_through": "2027-02-19",
}
LABELS: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "post": gettext_lazy("post"),
    "mobile": gettext_lazy("mobile number"),
    "joined_on": gettext_lazy("joined on"),
    "left_on": gettext_lazy("left on"),
    "number": gettext_lazy("number of the health certificate"),
    "issuer": gettext_lazy("issued by"),
    "valid_from": gettext_lazy("valid from"),
    "valid_through": gettext_lazy("valid through"),
}
WORDS: dict[str, Promise] = {
    "no_name": gettext_lazy("The name is missing."),
    "long_name": gettext_lazy("The name has more than {0} characters."),
    "no_post": gettext_lazy("The post is missing."),
    "post": gettext_lazy("This post is not known: {0}"),
    "mobile": gettext_lazy("This is no mobile number: {0}"),
    "rounded": gettext_lazy("The spreadsheet has rounded the number ({0}): please set the column to text."),
    "no_joined_on": gettext_lazy("The day of joining is missing."),
    "bad_joined_on": gettext_lazy("The day of joining cannot be read: {0}"),
    "far_joined_on": gettext_lazy("Please look at the day of joining again: {0}"),
    "bad_left_on": gettext_lazy("The day of leaving cannot be read: {0}"),
    "far_left_on": gettext_lazy("Please look at the day of leaving again: {0}"),
    "reversed": gettext_lazy("This person would leave before joining."),
    "twice": gettext_lazy("The same person stands in line {0} already."),
    "here": gettext_lazy("Somebody of this name and number works here already."),
    "here_unsure": gettext_lazy(
        "Somebody of this name works here already. If this is another person, please write the mobile number."
    ),
    "nobody": gettext_lazy("Nobody of this name works here, so nobody can leave."),
    "several": gettext_lazy("{0} people of this name work here. Please write the mobile number."),
    "full": gettext_lazy("A kitchen has at most {0} people here."),
    # taken, with a doubt
    "namesake": gettext_lazy("Another person of this name works here, with another number."),
    "certificate_partial": gettext_lazy(
        "The certificate is left out: it needs a number, a first day and a last day. Missing: {0}"
    ),
    "certificate_dates": gettext_lazy("The certificate is left out: its dates cannot be right."),
    "certificate_ended": gettext_lazy("The certificate is left out: it ended on {0}."),
    "certificate_long": gettext_lazy("The certificate lasts longer than a year. Please look at it again."),
    "certificate_elsewhere": gettext_lazy("A certificate of this number is on file for somebody else here."),
    "cut_issuer": gettext_lazy("The issuer was cut to {0} characters."),
}
LONGEST_NAME, LONGEST_NUMBER, LONGEST_ISSUER = 40, 30, 100


# ── one line ────────────────────────────────────────────────────────────────────────────────────────────────
def read_line(cells: Mapping[str, Cell]) -> tuple[Facts, list[Said], list[Said]]:
    """Somebody who joins, or, with a day of leaving, somebody who leaves."""
    why: list[Said] = []
    notes: list[Said] = []
    facts: Facts = {"name": _name(cells, why), "mobile": _mobile(cells, why)}
    if words(cells.get("left_on")):
        facts["left_on"] = _day(cells, "left_on", why)
        return facts, why, notes
    facts["post"] = _post(cells, why)
    facts["joined_on"] = _day(cells, "joined_on", why)
    if not why:
        facts["certificate"] = _certificate(cells, notes)
    return facts, why, notes


def _name(cells: Mapping[str, Cell], why: list[Said]) -> str:
    name = printable(cells.get("name"))
    if not name:
        why.append(("no_name", ""))
    elif len(name) > LONGEST_NAME:
        why.append(("long_name", str(LONGEST_NAME)))
    return name[:LONGEST_NAME]


def _post(cells: Mapping[str, Cell], why: list[Said]) -> str:
    said = words(cells.get("post"))
    post = post_of(said)
    if not post:
        why.append(("post", said[:30]) if said else ("no_post", ""))
    return post


def _mobile(cells: Mapping[str, Cell], why: list[Said]) -> str:
    said = words(cells.get("mobile"))
    if rounded(cells.get("mobile")):
        why.append(("rounded", said[:30]))
    elif said:
        try:
            return mobiles.normal(said)
        except ValueError:
            why.append(("mobile", said[:30]))
    return ""


def _day(cells: Mapping[str, Cell], column: str, why: list[Said]) -> str:
    when = day(cells.get(column))
    if when is None:
        said = words(cells.get(column))
        why.append((f"bad_{column}", said[:30]) if said else (f"no_{column}", ""))
        return ""
    return when.isoformat()


def _certificate(cells: Mapping[str, Cell], notes: list[Said]) -> dict[str, str] | None:
    """What is written of one; None, with a note, where that is not enough for a paper."""
    said = {name: printable(cells.get(name)) for name in ("number", "issuer", "valid_from", "valid_through")}
    if not any(said.values()):
        return None
    days = {name: day(cells.get(name)) for name in ("valid_from", "valid_through")}
    number = said["number"]
    lacking = [name for name in ("valid_from", "valid_through") if days[name] is None]
    if not number or len(number) > LONGEST_NUMBER or rounded(cells.get("number")):
        lacking.insert(0, "number")
    if lacking:
        notes.append(("certificate_partial", "、".join(NAMES[name][0] for name in lacking)))
        return None
    first, last = days["valid_from"], days["valid_through"]
    assert first and last
    if last < first:
        notes.append(("certificate_dates", ""))
        return None
    if (last - first).days > LONGEST_CERTIFICATE_DAYS:
        notes.append(("certificate_long", ""))
    if len(said["issuer"]) > LONGEST_ISSUER:
        notes.append(("cut_issuer", str(LONGEST_ISSUER)))
    return {
        "number": number,
        "issuer": said["issuer"][:LONGEST_ISSUER],
        "valid_from": first.isoformat(),
        "valid_through": last.isoformat(),
    }


# ── beside the kitchen's people ─────────────────────────────────────────────────────────────────────────────
def judge(place: Establishment, lines: Sequence[Line], today: date) -> None:
    """Who stands there twice, works there already, or does not. Two queries."""
    here = list(place.staff.filter(left_on=None)) + list(place.staff.filter(left_on__gt=today))
    by_name: dict[str, list[StaffMember]] = {}
    for member in here:
        by_name.setdefault(_alike(member.name), []).append(member)
    room = actions.MOST_AT_ONCE - sum(member.works(today) for member in here)
    earlier: dict[str, list[Line]] = {}
    for line in lines:
        same = by_name.get(_alike(line.facts["name"]), [])
        before = next(
            (one for one in earlier.get(_alike(line.facts["name"]), []) if _same(one.facts, line.facts)), None
        )
        if before is not None:
            line.why.append(("twice", str(before.number)))
        elif "left_on" in line.facts:
            _judge_leaving(line, same, today)
        else:
            _judge_joining(line, same, today)
            room -= not line.why
            if room < 0 and not line.why:
                line.why.append(("full", str(actions.MOST_AT_ONCE)))
        if not line.why:
            earlier.setdefault(_alike(line.facts["name"]), []).append(line)
    _judge_certificates(place, [line for line in lines if not line.why and line.facts.get("certificate")], today)


def _judge_joining(line: Line, same: Sequence[StaffMember], today: date) -> None:
    facts = line.facts
    joined = date.fromisoformat(facts["joined_on"])
    if not actions.EARLIEST <= joined <= today + actions.AHEAD:
        line.why.append(("far_joined_on", facts["joined_on"]))
    if any(member.mobile == facts["mobile"] for member in same if member.mobile):
        line.why.append(("here", ""))
    elif same and not (facts["mobile"] and all(member.mobile for member in same)):
        line.why.append(("here_unsure", ""))
    elif same:
        line.notes.append(("namesake", ""))


def _judge_leaving(line: Line, same: Sequence[StaffMember], today: date) -> None:
    facts = line.facts
    if facts["mobile"]:
        same = [member for member in same if member.mobile in ("", facts["mobile"])]
        same = [member for member in same if member.mobile] or same
    same = [member for member in same if member.left_on is None]
    left = date.fromisoformat(facts["left_on"])
    if not same:
        line.why.append(("nobody", ""))
    elif len(same) > 1:
        line.why.append(("several", str(len(same))))
    elif left < same[0].joined_on:
        line.why.append(("reversed", ""))
    elif left > today + actions.AHEAD:
        line.why.append(("far_left_on", facts["left_on"]))
    else:
        facts["member"] = same[0].pk


def _judge_certificates(place: Establishment, lines: Sequence[Line], today: date) -> None:
    numbers = [line.facts["certificate"]["number"] for line in lines]
    held = Credential.objects.filter(
        establishment=place, kind=Credential.Kind.HEALTH_CERTIFICATE, number__in=numbers
    ).exclude(state=Credential.State.REPLACED)
    taken: dict[str, str] = dict(held.values_list("number", "holder"))
    for line in lines:
        paper = line.facts["certificate"]
        if date.fromisoformat(paper["valid_through"]) < today:
            line.notes.append(("certificate_ended", paper["valid_through"]))
            line.facts["certificate"] = None
        elif _alike(str(taken.get(paper["number"], line.facts["name"]))) != _alike(line.facts["name"]):
            line.notes.append(("certificate_elsewhere", ""))


def _alike(name: str) -> str:
    """A name as it is compared: 张 三 is 张三."""
    return re.sub(r"[\s·.・]", "", unicodedata.normalize("NFKC", name)).lower()


def _same(one: Facts, other: Facts) -> bool:
    """Of two lines with one name: the same number, or one of them without any."""
    return one["mobile"] == other["mobile"] or not (one["mobile"] and other["mobile"])


# ── landing ─────────────────────────────────────────────────────────────────────────────────────────────────
def land(place: Establishment, *, by: User, lines: Sequence[Line]) -> None:
    """Everybody joins or leaves; a certificate becomes a draft that still needs its picture."""
    for line in lines:
        with on_line(line.number):
            if "left_on" in line.facts:
                member = place.staff.get(pk=line.facts["member"])
                actions.leave(member, by=by, on=date.fromisoformat(line.facts["left_on"]))
                continue
            member = actions.add(
                place,
                by=by,
                name=line.facts["name"],
                post=line.facts["post"],
                mobile=line.facts["mobile"],
                joined_on=date.fromisoformat(line.facts["joined_on"]),
            )
            if paper := line.facts.get("certificate"):
                days = {name: date.fromisoformat(paper[name]) for name in ("valid_from", "valid_through")}
                credentials.draft(
                    place,
                    by=by,
                    kind=Credential.Kind.HEALTH_CERTIFICATE,
                    staff_member=member,
                    number=paper["number"],
                    holder=member.name,
                    issuer=paper["issuer"],
                    valid_from=days["valid_from"],
                    valid_through=days["valid_through"],
                )


def show(facts: Facts) -> Sequence[str]:
    if "left_on" in facts:
        when = date_format(date.fromisoformat(facts["left_on"]), "Y-m-d")
        return [facts["name"], _("leaves on %(day)s") % {"day": when}, "—"]
    post = StaffMember.Post(facts["post"])
    joins = _("%(post)s, from %(day)s") % {"post": post.label, "day": facts["joined_on"]}
    return [facts["name"], joins, _of_certificate(facts, post)]


def _of_certificate(facts: Facts, post: str) -> str:
    if paper := facts.get("certificate"):
        drafted = _("%(number)s, through %(day)s: becomes a draft, its picture is still needed")
        return drafted % {"number": paper["number"], "day": paper["valid_through"]}
    return _("needed: please hand it in") if post in StaffMember.NEED_CERTIFICATE else _("not needed")


def sums_up(facts: Sequence[Facts]) -> str:
    """Who needs a certificate, and for how many the table brings one."""
    joining = [one for one in facts if "left_on" not in one]
    needed = [one for one in joining if one["post"] in StaffMember.NEED_CERTIFICATE]
    if not needed:
        return ""
    said = {"n": len(needed), "brought": sum(bool(one.get("certificate")) for one in needed)}
    return (
        ngettext(
            "%(n)s of them works in a post that needs a health certificate; the table tells of %(brought)s."
            " A certificate counts once its picture is handed in and reviewed.",
            "%(n)s of them work in posts that need a health certificate; the table tells of %(brought)s."
            " A certificate counts once its picture is handed in and reviewed.",
            len(needed),
        )
        % said
    )


SORT = Sort(
    name="staff",
    capability=Can.KEEP_STAFF,
    back="staff",
    headings=Headings(NAMES, (("name",), ("post", "left_on"), ("joined_on", "left_on"))),
    columns=COLUMNS,
    example=EXAMPLE,
    labels=LABELS,
    words=WORDS,
    read_line=read_line,
    judge=judge,
    land=land,
    shown=(gettext_lazy("Name"), gettext_lazy("What is entered"), gettext_lazy("Health certificate")),
    show=show,
    sums_up=sums_up,
)
