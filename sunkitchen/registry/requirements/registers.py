"""数据共享: other bureaus' registers, loaded as tables or asked over HTTP; added, loaded anew, tried, ended."""

from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit, files, originals, outside, secrets
from sunkitchen.core.access import Can
from sunkitchen.core.files import BadUpload, Upload
from sunkitchen.core.workflow import Refused, WrongState

from ..checked import checked
from ..credentials.models import Credential
from ..register import words as reading_words
from ..tables.reading import MOST_BYTES, BadFile
from . import records, services
from .models import SharedLoad, SharedRecord, SharedRegister
from .records import HEADINGS, Record

MOST_REPORTED = 200  # refused lines that a report names
MOST_URL = 300  # characters: models.SharedRegister.url
TOGETHER = 2000  # rows written at once
Source = SharedRegister.Source


def add(
    authority: Authority, *, by: User, kind: str, title: str, source: str, url: str = "", key: str = "", names: str = ""
) -> SharedRegister:
    """A register that this authority's kitchens may take papers from. For HTTP: its address with {number} or {uscc},
    the key it asks for, and its schema, a line `fact = name` each. Refused when anything of it cannot work."""
    access.require(by, Can.IMPORT_REGISTER, authority)
    if kind not in Credential.OF_KITCHEN:
        raise Refused(_("Only papers of a kitchen stand in a register here."))
    row = SharedRegister(authority=authority, kind=kind, title=" ".join(title.split()), source=source, added_by=by)
    if source == Source.HTTP:
        row.url, row.names = _address(url), _schema(names)
        row.sealed_key = secrets.seal(_key(key))
    checked(row, exclude={"loaded_at", "ended_at"}, alone=True)
    with transaction.atomic():
        row.save()
        audit.record(by, "shared_register.added", row, source=source, paper=kind)
    return row


def change(row: SharedRegister, *, by: User, url: str, key: str = "", names: str = "") -> None:
    """Another address or schema of a service; its key stays unless a new one is given."""
    access.require(by, Can.IMPORT_REGISTER, row)
    fields: dict[str, object] = {"url": _address(url), "names": _schema(names)}
    if key:
        fields["sealed_key"] = secrets.seal(_key(key))
    with transaction.atomic():
        if not SharedRegister.objects.filter(pk=row.pk, source=Source.HTTP, ended_at=None).update(**fields):
            raise WrongState("change")
        audit.record(by, "shared_register.changed", row, new_key=bool(key))
    row.refresh_from_db()


def load(row: SharedRegister, *, by: User, upload: Upload) -> SharedLoad:
    """The file's good lines in place of all older ones, in one transaction; its bad lines are reported.

    BadUpload, and everything as before, when the file is none, or has no good line.
    """
    access.require(by, Can.IMPORT_REGISTER, row)
    if not upload.size:
        raise BadUpload(failure(BadFile("empty")))
    original = originals.keep(upload, most=MOST_BYTES)
    try:
        with open(originals.path(original.key), "rb") as file:
            good, bad = _read(row.kind, file)
    except BadFile as error:
        raise BadUpload(failure(error)) from None
    finally:
        originals.remove(original.key)  # its lines are what counts; the digest says which file it was
    if not good:
        raise BadUpload(_("No line of the file can be used. Please compare with the template."))
    return _replace(row, by, good, bad, name=files.plain_name(upload.name or ""), sha256=original.sha256)


@transaction.atomic
def _replace(
    row: SharedRegister, by: User, good: list[Record], bad: list[list[object]], *, name: str, sha256: str
) -> SharedLoad:
    held = SharedRegister.objects.select_for_update().get(pk=row.pk)
    if held.ended_at is not None or held.source != Source.TABLE:
        raise WrongState("load")
    older = SharedRecord.objects.filter(register=held)
    replaced = older.count()
    older.delete()
    SharedRecord.objects.bulk_create((_row(held, one) for one in good), batch_size=TOGETHER)
    load = SharedLoad.objects.create(
        register=held,
        name=name,
        sha256=sha256,
        loaded_by=by,
        lines=len(good),
        replaced=replaced,
        refused_count=len(bad),
        refused=bad[:MOST_REPORTED],
    )
    SharedRegister.objects.filter(pk=held.pk).update(loaded_at=load.loaded_at)
    audit.record(by, "shared_register.loaded", held, sha256=sha256, lines=len(good), refused=len(bad))
    row.refresh_from_db()
    return load


@transaction.atomic
def end(row: SharedRegister, *, by: User) -> None:
    """Nobody takes papers from it any more, and its lines are gone; papers that were taken stay."""
    access.require(by, Can.IMPORT_REGISTER, row)
    if not SharedRegister.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now(), sealed_key=""):
        raise WrongState("end")
    SharedRecord.objects.filter(register=row).delete()
    audit.record(by, "shared_register.ended", row)
    row.refresh_from_db()


@transaction.atomic
def trust(row: SharedRegister, *, by: User, at_once: bool) -> None:
    """Whether a paper that agrees in everything comes into force without a clerk's key press."""
    access.require(by, Can.ARRANGE_REVIEW, row)
    if not SharedRegister.objects.filter(pk=row.pk, ended_at=None).update(at_once=at_once):
        raise WrongState("trust")
    audit.record(by, "shared_register.trusted" if at_once else "shared_register.confirmed_each", row)
    row.refresh_from_db()


def attempt(row: SharedRegister, *, by: User, number: str) -> Record | None:
    """Ask once, to see whether the address and the schema fit. Refused with the reason when it does not answer."""
    access.require(by, Can.IMPORT_REGISTER, row)
    return services.find(row, number=number, uscc=number)


# ── what is wrong, in words ─────────────────────────────────────────────────────────────────────────────────
def failure(error: BadFile) -> str:
    if error.code == "headings":
        names = ", ".join(HEADINGS[column][0] for column in error.details)
        return _("These columns are missing: %(names)s. Please compare with the template.") % {"names": names}
    if error.code == "json":
        return _("This is no list of objects in JSON.")
    return reading_words.failure([error.code, *error.details])


def _address(url: str) -> str:
    url = url.strip()
    if "{number}" not in url and "{uscc}" not in url:
        raise Refused(_("The address says where the number goes: {number} or {uscc}."))
    if len(url) > MOST_URL:
        raise Refused(_("The address is too long."))
    service = "/".join(url.split("/", 3)[:3])  # what a kitchen types never says which one is asked
    if "{" in service:
        raise Refused(str(services.NOT_ASKED["host"]))
    try:
        outside.place(services.filled(url, "0", "0"), settings.SHARE_ALLOW)
    except outside.NotAsked as error:
        raise Refused(services.refusal(error)) from None
    return url


def _schema(text: str) -> dict[str, str]:
    try:
        return records.schema(text)
    except ValueError as error:
        raise Refused(_("The schema has a line that says nothing, or lacks one: %(line)s") % {"line": error}) from None


def _key(key: str) -> str:
    key = key.strip()
    if len(key) > 500 or not key.isascii() or not (key.isprintable() or not key):
        raise Refused(_("A key has at most 500 plain characters."))
    return key


def _read(kind: str, file: BinaryIO) -> tuple[list[Record], list[list[object]]]:
    """The good lines, each number once (the last one counts), and the bad ones: [line, number, codes of why]."""
    good: dict[str, Record] = {}
    bad: list[list[object]] = []
    for at, record in records.lines(kind, file):
        if record.why:
            bad.append([at, record.number[:40], list(record.why)])
        else:
            good[record.number] = record
    return list(good.values()), bad


def _row(register: SharedRegister, record: Record) -> SharedRecord:
    return SharedRecord(
        register=register,
        number=record.number,
        uscc=record.uscc,
        holder=record.holder,
        issuer=record.issuer,
        items=record.items,
        valid_from=record.valid_from,
        valid_through=record.valid_through,
        state=record.state,
    )
