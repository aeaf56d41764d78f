"""Which steps a complaint may take now, for whom, and the form of each: the page offers them, the view takes them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User

from . import actions, similar, telling
from .forms import AssignForm, GroupForm, NoteForm, NumberForm, OfficeNoteForm, ReasonForm, ResolveForm, ToldForm
from .models import Complaint

S = Complaint.State


class Deed(NamedTuple):
    words: Any  # of its button
    form: type
    act: Callable[..., None]
    tone: str = ""  # of its button
    is_open: bool = False  # the next step on the way: shown open


DEEDS: dict[str, Deed] = {
    "accept": Deed(_("Accept"), NoteForm, actions.accept, "primary", True),
    "refuse": Deed(_("Do not accept"), ReasonForm, actions.refuse, "danger"),
    "assign": Deed(_("Assign"), AssignForm, actions.assign, "primary", True),
    "investigate": Deed(_("Begin to look into it"), NoteForm, actions.investigate, "primary", True),
    "resolve": Deed(_("Reply and resolve"), ResolveForm, actions.resolve, "primary", True),
    "close": Deed(_("Close"), NoteForm, actions.close, "primary", True),
    "open_case": Deed(_("Open a case"), NoteForm, actions.open_case),
    "told": Deed(_("The reporter was told otherwise"), ToldForm, actions.told),
    "extend": Deed(_("Extend its time once"), ReasonForm, actions.extend),
    "group": Deed(_("Group"), GroupForm, actions.group),
    "note": Deed(_("Write a note"), OfficeNoteForm, actions.note),
    "number": Deed(_("Number at 12315"), NumberForm, actions.set_12315),
}


class Offer(NamedTuple):
    name: str
    deed: Deed
    form: Any
    is_open: bool
    path: str


def allowed(complaint: Complaint) -> list[str]:
    """The names of those that its state lets happen, the way first."""
    if complaint.same_as_id is not None:
        return ["note"] + (["number"] if complaint.satisfied_at is None else [])
    state, is_lead = complaint.state, complaint.kind == Complaint.Kind.LEAD
    names = {
        S.RECEIVED: ["accept", "refuse"],
        S.ACCEPTED: ["assign"],
        S.ASSIGNED: ["investigate", "resolve", "assign"],
        S.INVESTIGATING: ["resolve", "assign"],
        S.RESOLVED: ["close"],
    }.get(S(state), [])
    names = list(names)
    if is_lead and state in (S.ASSIGNED, S.INVESTIGATING) and complaint.case_opened_at is None:
        names.append("open_case")
    if complaint.case_opened_at and complaint.told_at is None:
        names.append("told")
    if is_lead and state in actions.OPEN and complaint.extended_at is None:
        names.append("extend")
    if state in actions.ORDER and similar.to(complaint).exists() and not complaint.duplicates.exists():
        names.append("group")
    names.append("note")
    if complaint.satisfied_at is None:
        names.append("number")
    return names


def form_of(name: str, complaint: Complaint, data: Any = None) -> Any:
    deed = DEEDS[name]
    if name == "assign":
        return deed.form(data, officers=telling.officers(complaint.establishment), prefix=name)
    if name == "group":
        return deed.form(data, similar=similar.to(complaint), prefix=name)
    return deed.form(data, prefix=name)


def offers(complaint: Complaint, bound: tuple[str, Any] | None = None) -> list[Offer]:
    """Each with its form; `bound` is the one that was sent and is told what is wrong with it."""
    names = allowed(complaint)
    if bound and bound[0] not in names:
        names = [bound[0], *names]
    found = []
    for place, name in enumerate(names):
        is_bound = bound is not None and bound[0] == name
        form = bound[1] if bound and is_bound else form_of(name, complaint)
        is_next = place == 0 and DEEDS[name].is_open and bound is None
        path = reverse(f"office_complaint_{name}", args=[complaint.pk])
        found.append(Offer(name, DEEDS[name], form, is_bound or is_next, path))
    return found


def take(name: str, complaint: Complaint, form: Any, *, by: User) -> None:
    DEEDS[name].act(complaint, by=by, **form.cleaned_data)
