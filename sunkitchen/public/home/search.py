"""Looking for a kitchen as people type: characters, pinyin with or without blanks, first letters, a number, a code."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from ratings.editions.standing import standings
from ratings.models import Listing
from streams.models import Camera
from sunkitchen.core import codes
from sunkitchen.registry.establishments.models import EstablishmentQuerySet
from sunkitchen.registry.establishments.near import near
from sunkitchen.registry.models import Credential, Establishment

from ..kitchen import seen

MAX_CHARACTERS = 60
MAX_WORDS = 8
SHOWS = [("camera", _("With a camera")), ("live", _("Live now"))]


@dataclass(frozen=True)
class Asked:
    """What a reader looks for. Values that mean nothing are left out, never an error."""

    text: str = ""
    category: str = ""
    cuisine: str = ""
    place: str = ""  # a division code
    shows: str = ""  # camera or live
    colour: str = ""  # red or black
    everything: bool = field(default=False)  # ?all=1: the whole list, without a word

    @property
    def is_empty(self) -> bool:
        return self == Asked()


def asked(said: Mapping[str, str], places: list[tuple[str, str]]) -> Asked:
    """From a query string; `places` are the divisions to choose from."""

    def one_of(name: str, values: list[str]) -> str:
        value = said.get(name, "")
        return value if value in values else ""

    return Asked(
        text=said.get("q", "").replace("\x00", "").strip()[:MAX_CHARACTERS],
        category=one_of("category", Establishment.Category.values),
        cuisine=one_of("cuisine", Establishment.Cuisine.values),
        place=one_of("place", [code for code, _name in places]),
        shows=one_of("shows", [value for value, _label in SHOWS]),
        colour=one_of("list", Listing.Colour.values),
        everything=said.get("all") == "1",
    )


def plain(text: str) -> str:
    """Full-width signs made narrow, lower case, "Hǎi'ān" as "haian" (ü is v, as in `spelled`)."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = unicodedata.normalize("NFD", text)
    text = text.replace("u\N{COMBINING DIAERESIS}", "v")
    kept = (sign for sign in text if unicodedata.category(sign) != "Mn" and sign not in "'’`·")
    return unicodedata.normalize("NFC", "".join(kept))


def find(wish: Asked, now: datetime) -> EstablishmentQuerySet:
    """Public kitchens that fit, the best first: named so, beginning so, called so somewhere, the rest by name."""
    found = Establishment.objects.public()
    if wish.category:
        found = found.filter(category=wish.category)
    if wish.cuisine:  # as text: SQLite can't look inside JSON lists
        found = found.annotate(served=Cast("cuisines", TextField())).filter(served__contains=f'"{wish.cuisine}"')
    if wish.place:
        found = found.filter(division__startswith=wish.place)
    if wish.shows:
        cameras = Camera.objects.filter(seen.live(now) if wish.shows == "live" else seen.holds(now))
        found = found.filter(Exists(cameras.filter(establishment=OuterRef("pk"), pk__in=Camera.objects.public())))
    if wish.colour:
        found = found.filter(pk__in=_on_list(wish.colour, now))
    words = plain(wish.text).split()[:MAX_WORDS]
    if not words:  # "open" sorts after "closed"
        return found.order_by("-state", "signboard", "pk") if not wish.text else found.none()
    return found.filter(_holds(words)).annotate(rank=_rank(words)).order_by("rank", "signboard", "pk")


def find_near(wish: Asked, now: datetime) -> EstablishmentQuerySet:
    """Where nothing is called so: those that fit all else and are called nearly so, the nearest first."""
    ids = near(find(replace(wish, text="", everything=True), now), plain(wish.text)) if wish.text else []
    order = Case(*(When(pk=pk, then=Value(place)) for place, pk in enumerate(ids)), output_field=IntegerField())
    return Establishment.objects.filter(pk__in=ids).order_by(order) if ids else Establishment.objects.none()


def _holds(words: list[str]) -> Q:
    """Every word stands in it; or, of letters alone ("hai shang"), all of them in one piece."""
    every = Q()
    for word in words:
        every &= _names(word)
    whole = "".join(words)
    return every | _names(whole) if len(words) > 1 and whole.isascii() else every


def _names(word: str) -> Q:
    named = Q(found_by__contains=word) | Q(code=codes.normal(word))
    if sum(sign.isdigit() for sign in word) >= 6:
        papers = Credential.objects.filter(
            state=Credential.State.IN_FORCE, kind__in=Credential.OF_KITCHEN, number=word.upper()
        )
        named |= Q(pk__in=papers.values("establishment"))
    return named


def _rank(words: list[str]) -> Case:
    typed, piece = " ".join(words), "".join(words)
    begins = Q(found_by__startswith=typed) | Q(found_by__startswith=piece)
    if piece.isascii():  # the signboard comes first in found_by, so its pinyin and its letters begin a word there
        begins |= Q(found_by__contains=f" {piece}")
    return Case(
        When(Q(signboard__iexact=typed) | Q(code=codes.normal(piece)), then=Value(0)),
        When(begins, then=Value(1)),
        When(signboard__icontains=words[0], then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def _on_list(colour: str, now: datetime) -> list[int]:
    """Ids of the kitchens on which a listing of that colour stands today; suspended ones do not count."""
    running = Listing.objects.running(now).filter(colour=colour).values("establishment")
    found = standings(Establishment.objects.public().filter(pk__in=running), now)
    return [pk for pk, listing in found.items() if listing.colour == colour]
