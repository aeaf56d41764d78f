"""Places to choose from: the divisions of the authorities that work with this installation."""

from sunkitchen.accounts.models import Authority


def choices(language: str) -> list[tuple[str, str]]:
    """(division code, its authority's name in that language), by code."""
    rows = Authority.objects.order_by("division")
    return [(row.division, (row.name_en if language == "en" else "") or row.name) for row in rows]


def covered(division: str) -> bool:
    """Whether some authority here looks after that division."""
    return any(division.startswith(prefix) for prefix in Authority.objects.values_list("division", flat=True))
