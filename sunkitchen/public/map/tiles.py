"""The licensed map of this installation, where it has one."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

SYSTEMS = {"wgs84": _("WGS-84"), "gcj02": _("GCJ-02"), "bd09": _("BD-09")}


@dataclass(frozen=True)
class Tiles:
    url: str
    subdomains: tuple[str, ...]
    system: str
    attribution: str
    number: str  # 审图号
    most_zoom: int

    @property
    def system_name(self) -> str:
        return str(SYSTEMS[self.system])

    @property
    def sources(self) -> list[str]:
        """What the Content-Security-Policy must let pictures come from: exactly the hosts of the tiles."""
        names = self.subdomains if "{s}" in self.url else ("",)
        parts = [urlsplit(self.url.replace("{s}", name)) for name in names]
        return [f"{part.scheme}://{part.netloc}" for part in parts if part.netloc]

    @property
    def host(self) -> str:
        """Whose pictures they are, for people; "" where they are ours."""
        return ", ".join(urlsplit(source).hostname or "" for source in self.sources)


def tiles() -> Tiles | None:
    """None where the licence is not complete: no address, no review number, or an unknown coordinate system."""
    if not settings.MAP_TILES_URL or not settings.MAP_TILES_NUMBER or settings.MAP_TILES_SYSTEM not in SYSTEMS:
        return None
    return Tiles(
        settings.MAP_TILES_URL,
        tuple(settings.MAP_TILES_SUBDOMAINS),
        settings.MAP_TILES_SYSTEM,
        settings.MAP_TILES_ATTRIBUTION,
        settings.MAP_TILES_NUMBER,
        settings.MAP_TILES_MOST_ZOOM,
    )
