"""An employee's copy: everything that is kept of them, to read, for a machine, and as pictures. One zip."""

import json
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from sunkitchen.core import audit, files, seen
from sunkitchen.core.models import StoredFile

from ..credentials.models import Credential
from .history import EndedConsent, ended_consents, lookers, posts
from .models import FilmingConsent, StaffMember

MEMORY = 4 * 1024 * 1024  # a larger one is written to the disk, and gone when it is sent


def kept(member: StaffMember, at: datetime) -> dict[str, Any]:
    """All that is kept of them, as JSON values; `files` of papers name the pictures in the zip."""
    place = member.establishment
    ended = {end.consent.pk: end for end in ended_consents(member, timezone.localdate(at))}
    return {
        "made_at": at.isoformat(timespec="seconds"),
        "kept_by": {"operator": place.operator_name, "kitchen": place.signboard, "address": place.address},
        "person": {
            "name": member.name,
            "post": str(member.get_post_display()),
            "mobile": member.mobile,
            "joined_on": _day(member.joined_on),
            "left_on": _day(member.left_on),
            "written_down_on": _day(timezone.localdate(member.added_at)),
        },
        "posts": [{"post": held.post, "since": _day(held.since), "until": _day(held.until)} for held in posts(member)],
        "certificates": [_certificate(paper) for paper in _papers(member)],
        "consents": [_consent(row, ended) for row in member.consents.select_related("form").order_by("pk")],
        "seen_by": [
            {"role": look.role, "who": who, "day": _day(look.day), "scans": look.scans} for who, look in lookers(member)
        ],
        "requests": [
            {"kind": row.kind, "state": row.state, "asked_on": _day(row.asked_on), "why": row.why}
            for row in member.data_requests.order_by("pk")
        ],
        "deeds": [{"day": _day(timezone.localdate(entry.at)), "deed": entry.verb} for entry in audit.trail(member)],
        "shown_to_the_public": "post, masked name, end of the certificate" if place.shows_staff else "numbers alone",
    }


def of(member: StaffMember, at: datetime, *, by: Any) -> IO[bytes]:
    """The zip, at its start. Whoever sends it closes it. Each scan in it is a look of `by`, as if opened on a page."""
    pictures = [(name, path, stored) for name, path, stored in _pictures(member) if path.exists()]
    for stored in {stored.pk: stored for _name, _path, stored in pictures}.values():
        seen.note(stored, by=by, about=member, at=at)
    told = kept(member, at)
    out = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - it is sent, and closed, by the caller
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
        page = render_to_string("registry/staff_copy.html", {"told": told, "member": member, "at": at})
        archive.writestr("read-me-first.html", page)
        archive.write(str(finders.find("css/staff-copy.css")), "look.css")
        for name, path, _stored in pictures:
            archive.write(path, name, zipfile.ZIP_STORED)
    out.seek(0)
    return out


def _papers(member: StaffMember) -> list[Credential]:
    return list(member.certificates.order_by("pk").prefetch_related("pages__file"))


def _pictures(member: StaffMember) -> list[tuple[str, Path, StoredFile]]:
    found = []
    for paper in _papers(member):
        for page in paper.pages.all():
            for number in page.file.numbers:
                name = _name("certificates", paper.pk, page.file, number)
                found.append((name, files.page_path(page.file, number), page.file))
    for consent in member.consents.exclude(form=None).select_related("form"):
        assert consent.form is not None
        for number in consent.form.numbers:
            name = _name("consents", consent.pk, consent.form, number)
            found.append((name, files.page_path(consent.form, number), consent.form))
    return found


def _name(folder: str, of: int, stored: Any, number: int) -> str:
    return f"{folder}/{of}-{stored.pk}-{number}.jpg"


def _certificate(paper: Credential) -> dict[str, Any]:
    stored = [page.file for page in paper.pages.all()]
    return {
        "number": paper.number,
        "holder": paper.holder,
        "issuer": paper.issuer,
        "valid_from": _day(paper.valid_from),
        "valid_through": _day(paper.valid_through),
        "state": str(paper.get_state_display()),
        "handed_in_on": _day(paper.submitted_at and timezone.localdate(paper.submitted_at)),
        "reviewed_on": _day(paper.reviewed_at and timezone.localdate(paper.reviewed_at)),
        "reason": paper.reason,
        "read_by_a_machine": [_read(file) for file in stored],
        "files": [_name("certificates", paper.pk, file, number) for file in stored for number in file.numbers],
    }


def _read(stored: Any) -> dict[str, str]:
    reading = getattr(stored, "reading", None)
    fields = reading.fields if reading else {}
    return {name: str(said.get("text", "")) for name, said in fields.items() if isinstance(said, dict)}


def _consent(row: FilmingConsent, ended: dict[int, EndedConsent]) -> dict[str, Any]:
    """`ended_by` says whether the person withdrew it, or a hand-over or their leaving ended it; "" while it holds."""
    end = ended.get(row.pk)
    at = end.at if end else None
    return {
        "signed_on": _day(row.given_on),
        "ended_at": timezone.localtime(at).isoformat(timespec="minutes") if isinstance(at, datetime) else _day(at),
        "ended_by": end.how if end else "",
        "files": [_name("consents", row.pk, row.form, number) for number in row.form.numbers] if row.form else [],
    }


def _day(when: date | None) -> str:
    return when.isoformat() if when else ""
