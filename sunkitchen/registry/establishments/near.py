"""Kitchens whose names sound or look like what was typed, where nothing is called exactly so.

Most slips in Chinese are right in sound (海上名月 for 海上明月), so the pinyin is compared. Slips in letters: by
PostgreSQL's trigrams where the database has them, by the half of the word that is right elsewhere.
"""

from functools import lru_cache

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Q, TextField

from .models import EstablishmentQuerySet
from .spelling import spelled

TextField.register_lookup(TrigramWordSimilar)

FEWEST = 4  # letters: shorter words are near to everything
MOST = 20  # kitchens
LOOKED_AT = 300  # candidates of a half


def near(rows: EstablishmentQuerySet, text: str) -> list[int]:
    """Ids of the kitchens among `rows`, the nearest first; none for what is too short to be a slip."""
    heard = sound(text)
    if len(heard) < FEWEST:
        return []
    same = list(rows.filter(found_by__contains=heard).order_by("signboard", "pk").values_list("pk", flat=True)[:MOST])
    if len(same) == MOST:
        return same
    others = rows.exclude(pk__in=same)
    alike = _by_trigrams(others, heard) if has_trigrams() else []
    # A letter missing in a short word leaves few trigrams alike: a half of it is right all the same.
    return same + (alike or _by_halves(others, heard))[: MOST - len(same)]


def sound(text: str) -> str:
    """As it is spoken, in one piece: pinyin of Chinese, letters as they are."""
    plain = "".join(text.lower().split())
    return plain if plain.isascii() else spelled(plain).split()[1]


def distance(word: str, text: str) -> int:
    """How many letters of `word` must change to stand somewhere in `text` (Sellers 1980)."""
    row = [0] * (len(text) + 1)
    for place, sign in enumerate(word, 1):
        above, row = row, [place]
        for index, other in enumerate(text, 1):
            row.append(min(above[index] + 1, row[-1] + 1, above[index - 1] + (sign != other)))
    return min(row)


def _by_trigrams(rows: EstablishmentQuerySet, heard: str) -> list[int]:
    alike = rows.filter(found_by__trigram_word_similar=heard)
    alike = alike.annotate(alike=TrigramWordSimilarity(heard, "found_by")).order_by("-alike", "signboard", "pk")
    return list(alike.values_list("pk", flat=True)[:MOST])


def _by_halves(rows: EstablishmentQuerySet, heard: str) -> list[int]:
    """One slip leaves a half of the word right."""
    middle = len(heard) // 2
    half = Q(found_by__contains=heard[:middle]) | Q(found_by__contains=heard[middle:])
    candidates = rows.filter(half).order_by("signboard", "pk").values_list("pk", "found_by")[:LOOKED_AT]
    allowed = max(1, len(heard) // 4)
    measured = [(distance(heard, found_by), place, pk) for place, (pk, found_by) in enumerate(candidates)]
    return [pk for far, _place, pk in sorted(measured) if far <= allowed][:MOST]


@lru_cache(maxsize=1)
def has_trigrams() -> bool:
    """Whether this database may compare by trigrams: an operator may have forbidden the extension."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None
