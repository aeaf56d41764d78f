"""The page on which a paper is filled in: its files are kept from the first moment, its empty fields filled by what
was read. Without JavaScript too: files are sent, and the next page shows what the picture says.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from sunkitchen.core.workflow import Refused

from ..establishments.models import Establishment
from ..uploads import actions as uploading
from ..uploads import turning as uploads_turning
from ..uploads.forms import HELD
from ..uploads.models import Upload
from ..uploads.telling import pages
from . import prefill, turning
from .forms import PaperForm
from .models import Credential

ASKS = "read"  # the button that asks what the picture says
TURNS = "turn"  # those that turn a picture: "2 left", its number through all files and the way


class Page:
    """`form` to fill in or judge, `held` keys of its files, `status`; `turns_to` where the reader is sent first."""

    def __init__(
        self,
        request: HttpRequest,
        place: Establishment,
        kind: Credential.Kind,
        *,
        initial: dict[str, Any] | None = None,
        paper: Credential | None = None,
    ):
        self.status, self.turns_to = 200, ""
        self.place, self.kind, self.paper, self.initial = place, kind, paper, initial or {}
        posted = request.POST if request.method == "POST" else None
        self.rows = prefill.held(place, (posted or request.GET).getlist(HELD))
        refused = self._keep(request) if posted is not None else None
        asks = posted is not None and (ASKS in posted or TURNS in posted)
        anchor = ""
        if posted is not None and TURNS in posted:
            refused = refused or self._turn(request)
            anchor = f"#page-{posted[TURNS].partition(' ')[0]}"
        if posted is not None and asks and not refused and not self._typed(posted):
            self.turns_to = self._address(request, self.rows) + anchor
        self.brought = prefill.of_uploads(self.rows) if self.rows or paper is None else prefill.of_paper(paper)
        if posted is not None and (refused or not asks):
            self._bind(posted, refused)
        else:
            self._fill(posted)
        self.held = [row.key for row in self.rows]
        self.waiting = self._waiting(request) if posted is None and not self.rows else None

    def context(self) -> dict[str, Any]:
        return {"form": self.form, "brought": self.brought, "waiting": self.waiting}

    def _keep(self, request: Any) -> Refused | None:
        """Files of a plain form are kept at once: what is wrong with the fields does not lose them."""
        chosen: Any = request.FILES.getlist("files")
        room = uploading.MOST_WAITING - len(self.rows)
        if not chosen:
            return None
        try:
            if len(chosen) > room:
                raise uploading.too_many()
            self.rows += uploading.receive(self.place, by=request.user, uploads=chosen, sort=self.kind.value)
        except Refused as error:
            return error
        return None

    def _turn(self, request: Any) -> Refused | None:
        """Without JavaScript the picture is turned by the form itself, so that nothing that was typed is lost."""
        number, _space, way = request.POST[TURNS].partition(" ")
        left = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        try:
            if not self.rows and self.paper is not None:
                turning.turn(self.paper, left, by=request.user, way=way)
                return None
            for row in self.rows:
                if row.file is None:
                    continue
                if 1 <= left <= row.file.pages:
                    uploads_turning.turn(row, left, by=request.user, way=way)
                    row.file.refresh_from_db(fields=["turns"])
                    return None
                left -= row.file.pages
        except Refused as error:
            return error
        raise Http404

    def _bind(self, posted: QueryDict, refused: Refused | None) -> None:
        data = posted.copy()
        data.setlist(HELD, [str(row.key) for row in self.rows])
        self.form = PaperForm(data, kind=self.kind, initial=self.initial, **self._instance())
        self._ready()
        self.status = 422
        if refused:
            self.form.is_valid()
            self.form.errors.pop("files", None)
            self.status = refused.said_in(self.form)

    def _fill(self, posted: QueryDict | None) -> None:
        """A fresh form: what the person typed, else what the record says, else what was read."""
        typed = {name: value for name, value in self._typed(posted).items() if value} if posted else {}
        self.form = PaperForm(kind=self.kind, initial=self.initial, **self._instance())
        self._ready()
        mine = {**self.form.initial, **typed}
        for name, value in self.brought.values().items():
            if name in self.form.fields and not mine.get(name):
                mine[name] = value
                if name != "endless":
                    self.form.fields[name].widget.attrs["data-filled"] = value
        self.form.initial = mine

    def _typed(self, posted: QueryDict) -> dict[str, str]:
        """What stands in the form that did not stand there when it was opened."""
        texts = {name: posted.get(name, "").strip() for name in prefill.READ}
        return {name: text for name, text in texts.items() if text and text != self.initial.get(name, "")}

    def _instance(self) -> dict[str, Any]:
        return {"instance": self.paper} if self.paper else {}

    def _ready(self) -> None:
        files: Any = self.form.fields["files"]
        files.goes(reverse("upload_begin", args=[self.place.code]), self.kind.value)

    def _waiting(self, request: HttpRequest) -> dict[str, Any] | None:
        """What this person brought for such a paper and left before handing it in: found again, never taken unasked."""
        rows = prefill.left_behind(self.place, request.user, self.kind.value)
        shown = [{"name": row.name, "url": url} for row in rows for url in pages(row)[:1]]
        return {"rows": shown, "address": self._address(request, rows)} if rows else None

    def _address(self, request: HttpRequest, rows: Sequence[Upload]) -> str:
        kept = [(name, request.GET[name]) for name in ("kind", "renews") if name in request.GET]
        return f"{request.path}?{urlencode(kept + [(HELD, str(row.key)) for row in rows])}"
