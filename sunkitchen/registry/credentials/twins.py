"""The same paper, or its picture, at another kitchen or with another person: shown to the clerk, who judges it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from sunkitchen.accounts.models import User
from sunkitchen.core import access, files, likeness
from sunkitchen.core.access import Can
from sunkitchen.core.models import LOOKS_PARTS, StoredFile, looks_part

from . import compared
from .models import Credential, CredentialPage

SURE = 0.8  # of what was read, to tell two filled-in forms apart
SIDE = 400  # pixels to which two pictures are reduced to compare them
STRONG = 48  # of 255: more than saving again changes
SHARE = 0.0015  # of pixels that may differ strongly: saving again changes none, another name on the form more
MOST_COMPARED = 24  # pairs of pictures for a paper that stands alone
MOST_OF_MANY = 3  # and for each of many


@dataclass(frozen=True)
class Twin:
    credential: Credential
    why: str  # "number", "picture" (the same file), "looks" (a near-identical picture)
    visible: bool  # within the reader's reach; else only that it exists


@dataclass(frozen=True)
class Found:
    """`uncompared` papers have a near-identical picture, too, and nobody looked whether it is the same one."""

    twins: list[Twin]
    uncompared: int


def twins(credential: Credential, reader: User) -> list[Twin]:
    """Each other paper once, for its strongest reason."""
    return of([credential], reader)[credential.pk].twins


def of(rows: Sequence[Credential], reader: User) -> dict[int, Found]:
    """Of several papers at once. The queries do not grow with them."""
    found: dict[int, dict[int, Twin]] = {row.pk: {} for row in rows}
    ids, prefixes = access.reach(reader, Can.SEE_PAPERS)

    def add(row: Credential, other: Credential, why: str) -> None:
        if _is_other(row, other) and other.pk not in found[row.pk]:
            place = other.establishment
            visible = place.pk in ids or place.division.startswith(tuple(prefixes) or ("-",))
            found[row.pk][other.pk] = Twin(other, why, visible)

    pictures = _pictures(rows)
    for row, other in _same_number(rows):
        add(row, other, "number")
    for row, other in _same_file(rows, pictures):
        add(row, other, "picture")
    pairs, uncompared = _alike(rows, pictures)
    for row, other in pairs:
        add(row, other, "looks")
    return {pk: Found(list(twins.values()), len(uncompared[pk] - set(twins))) for pk, twins in found.items()}


def _is_other(row: Credential, other: Credential) -> bool:
    """A colleague's certificate counts too; a paper of the same kitchen or person is only an earlier one."""
    if row.staff_member_id:
        return row.staff_member_id != other.staff_member_id
    return row.establishment_id != other.establishment_id


def _handed_in() -> Any:
    rows = Credential.objects.exclude(state=Credential.State.DRAFT)
    return rows.select_related("establishment", "staff_member").order_by("pk")


def _same_number(rows: Sequence[Credential]) -> Iterable[tuple[Credential, Credential]]:
    by_number = defaultdict(list)
    for other in _handed_in().filter(number__in={row.number for row in rows}):
        by_number[other.kind, other.number].append(other)
    return [(row, other) for row in rows for other in by_number[row.kind, row.number]]


def _pictures(rows: Sequence[Credential]) -> dict[int, list[StoredFile]]:
    pictures = defaultdict(list)
    for page in CredentialPage.objects.filter(credential__in=rows).select_related("file"):
        pictures[page.credential_id].append(page.file)
    return pictures


def _same_file(
    rows: Sequence[Credential], pictures: dict[int, list[StoredFile]]
) -> Iterable[tuple[Credential, Credential]]:
    wanted = {stored.sha256 for stored_files in pictures.values() for stored in stored_files}
    pages = CredentialPage.objects.filter(file__sha256__in=wanted).values_list("file__sha256", "credential_id")
    held = defaultdict(set)
    for sha256, pk in pages:
        held[sha256].add(pk)
    others = _handed_in().in_bulk({pk for pks in held.values() for pk in pks})
    return [
        (row, others[pk])
        for row in rows
        for sha256 in sorted({stored.sha256 for stored in pictures[row.pk]})
        for pk in sorted(held[sha256])
        if pk in others
    ]


def _alike(
    rows: Sequence[Credential], pictures: dict[int, list[StoredFile]]
) -> tuple[list[tuple[Credential, Credential]], dict[int, set[int]]]:
    """By their looks, where neither the words on them nor their pixels say that they are two papers of one form; and
    by each paper's id those that look like it and were one too many to compare."""
    uncompared: dict[int, set[int]] = defaultdict(set)
    looks = {stored.looks for stored_files in pictures.values() for stored in stored_files if stored.looks}
    if not looks:
        return [], uncompared
    pages = CredentialPage.objects.filter(file__in=_near(looks)).values_list("credential_id", "file", "file__looks")
    near = list(pages)
    others = {row.pk: row for row in compared.with_pictures(_handed_in().filter(pk__in={pk for pk, _f, _l in near}))}
    files_of = {page.file_id: page.file for other in others.values() for page in other.pages.all()}
    here = {row.pk: row for row in compared.with_pictures(Credential.objects.filter(pk__in=[row.pk for row in rows]))}
    pairs: list[tuple[Credential, Credential]] = []
    reduced: dict[int, Any] = {}
    for row in rows:
        ranked = sorted(
            (likeness.distance(stored.looks, theirs), pk, stored.pk, file)
            for stored in pictures[row.pk]
            if stored.looks
            for pk, file, theirs in near
            if pk in others and pk != row.pk and _is_other(row, others[pk])
        )
        mine = {stored.pk: stored for stored in pictures[row.pk]}
        left = MOST_COMPARED if len(rows) == 1 else MOST_OF_MANY
        for far, pk, stored, file in ranked:
            if far > likeness.NEAR:
                break
            told_apart = _told_apart(here[row.pk], others[pk])
            if told_apart is None:
                if left == 0:
                    uncompared[row.pk].add(pk)
                    continue
                left -= 1
                told_apart = _differ(reduced, mine[stored], files_of[file])
            if not told_apart:
                pairs.append((row, others[pk]))
    return pairs, uncompared


def _near(looks: Iterable[str]) -> Any:
    """As `likeness.candidates`, of many at once."""
    where, parts = Q(), {}
    for start in LOOKS_PARTS:
        values = {int(one[start - 1 : start + 3], 16) for one in looks}
        near = {value ^ flip for value in values for flip in (0, *(1 << bit for bit in range(16)))}
        parts[f"part{start}"] = looks_part(start)
        where |= Q(**{f"part{start}__in": [f"{value:04x}" for value in sorted(near)]})
    return StoredFile.objects.alias(**parts).filter(where).values("pk")


def _told_apart(row: Credential, other: Credential) -> bool | None:
    """Scans of one form look alike. Both number and name were surely read and differ: two papers. None: not read."""
    one, two = compared.seen(row).fields, compared.seen(other).fields
    for name in ("number", "holder"):
        if not all(name in read and read[name].get("confidence", 0) >= SURE for read in (one, two)):
            return None
    return all(not compared.same(name, one[name]["value"], two[name]["value"]) for name in ("number", "holder"))


def _differ(reduced: dict[int, Any], one: StoredFile, other: StoredFile) -> bool:
    """Pixel by pixel; `reduced` keeps what was decoded. Pages that cannot be read are not told apart."""
    from PIL import Image, ImageChops

    for stored in (one, other):
        if stored.pk not in reduced:
            try:
                with Image.open(files.page_path(stored, 1), formats=["JPEG"]) as picture:
                    picture.draft("L", (SIDE, SIDE))
                    grey = picture.convert("L")
                    reduced[stored.pk] = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
            except OSError:
                reduced[stored.pk] = None
    if reduced[one.pk] is None or reduced[other.pk] is None:
        return False
    strong = ImageChops.difference(reduced[one.pk], reduced[other.pk]).histogram()[STRONG:]
    return sum(strong) > SHARE * SIDE * SIDE
