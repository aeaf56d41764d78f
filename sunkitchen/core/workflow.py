"""Every workflow is data (steps) plus `move()`: one conditional update, so two people can't take the same step."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A rule says no. The message is for the person who asked, in their language; nothing was written."""

    status = 422  # what a view answers with

    def said_in(self, form: BaseForm) -> int:
        """Say it at the head of the form; the status to answer with."""
        form.add_error(None, str(self))
        return self.status


class WrongState(Refused):
    """The row is not (or no longer) where this step starts: often somebody else was faster."""

    status = 409

    def __init__(self, step: str, state: str = ""):
        super().__init__(_("This was already dealt with, perhaps by a colleague. Look at it again."))
        self.step = step
        self.state = state


@dataclass(frozen=True)
class Step:
    """`name` of the verb, the states it may start from, the state it ends in."""

    name: str
    sources: Iterable[str] = field(default_factory=frozenset)
    target: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", frozenset(self.sources))


def move(row: models.Model, step: Step, **fields: Any) -> None:
    """Take the step for this row and set `fields` with it. WrongState when the row is not in a source state."""
    rows = type(row)._base_manager.filter(pk=row.pk, state__in=step.sources)
    if rows.update(state=step.target, **fields) != 1:
        raise WrongState(step.name, getattr(row, "state", ""))
    row.refresh_from_db()
