"""What a form's files lie on until it is accepted: whatever else is wrong with the form, none of them is lost.

With static/js/upload.js they came in pieces before and the form names them; without it they come with the form, and are
kept then, before the rest of it is judged.
"""

import contextlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from . import actions as uploads
from .forms import HELD
from .models import Upload
from .telling import told

MOST_KEYS = 20  # that anybody is asked about


def keys_of(texts: Sequence[str]) -> list[UUID]:
    """Keys as they stand in an address or a form; what is none is passed over."""
    found = []
    for text in list(dict.fromkeys(texts))[:MOST_KEYS]:
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return list(dict.fromkeys(found))


class Tray:
    """The files of one request's form, for the kitchen or, without one, of the person's own.

    `keys` is what its action takes: those that are gone meanwhile, too, so that it says so. `name` is the form's field.
    """

    state = ""  # of the readings, for a template: here nobody reads

    def __init__(
        self,
        request: HttpRequest,
        place: Establishment | None,
        name: str,
        *,
        most: int = uploads.MOST_WAITING,
        too_many: str = "",
        sort: str = "",
    ):
        self.place, self.name, self.most, self.sort = place, name, most, sort
        self.by: Any = request.user  # signed in: the view's gate was before
        self.too_many = too_many or str(uploads.too_many())
        self.refused: Refused | None = None
        self._posted = request.POST if request.method == "POST" else None
        self.keys = keys_of((request.GET if self._posted is None else self._posted).getlist(HELD))
        self._came: list[Upload] = []  # with this request
        files: Any = request.FILES
        if self._posted is not None and (chosen := files.getlist(name)):
            self._keep(chosen)

    @property
    def data(self) -> QueryDict | None:
        """What the form is bound to: its files are named by their keys."""
        if self._posted is None:
            return None
        posted = self._posted.copy()
        posted.setlist(HELD, [str(key) for key in self.keys])
        return posted

    def offer(self, form: BaseForm) -> None:
        """Tell the form's field where its files go, and what was wrong with those that came with this request."""
        field: Any = form.fields[self.name]
        begin = reverse("upload_begin", args=[self.place.code]) if self.place else reverse("own_upload_begin")
        field.goes(begin, self.sort)
        field.widget.attrs |= {"data-most": self.most, "data-most-said": self.too_many}
        if self.most == 1:
            field.widget.allow_multiple_selected = False
            field.widget.attrs.pop("multiple", None)
        if form.is_bound and (self.refused or len(self.keys) > self.most):
            form.is_valid()
            form.errors.pop(self.name, None)
            form.add_error(self.name, str(self.refused or self.too_many))

    @property
    def status(self) -> int:
        """What a form that was not accepted is answered with."""
        return self.refused.status if self.refused else 422

    def let_go(self) -> None:
        """What came with this request, and no form took: because it had come before."""
        for row in self._came:
            with contextlib.suppress(WrongState):
                uploads.drop(row, by=self.by)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Those that no form has taken yet, in their order, as they are told to who brought them."""
        known = Upload.objects.of(self.place, self.by).filter(key__in=self.keys, used_at=None)
        found = {row.key: row for row in known.select_related("file", "establishment", "by")}
        return [told(found[key]) for key in self.keys if key in found]

    def _keep(self, chosen: list[Any]) -> None:
        try:
            if len(self.keys) + len(chosen) > self.most:
                raise Refused(self.too_many)
            self._came = uploads.receive(self.place, by=self.by, uploads=chosen, sort=self.sort)
            self.keys += [row.key for row in self._came]
        except Refused as error:
            self.refused = error


def one_only() -> str:
    return _("One picture is enough; a PDF may have several pages.")
