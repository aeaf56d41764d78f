"""A kitchen's badge as SVG: what its camera and its papers say now. Never the red list, which is no advertisement."""

from dataclasses import dataclass
from datetime import datetime
from unicodedata import east_asian_width

from django.utils import timezone
from django.utils.translation import gettext as _

from streams.cameras import labelled
from streams.models import Camera
from sunkitchen.registry.models import Credential, Establishment, changing_hands

from ..kitchen import words
from ..kitchen.glance import TONES

SIZE = 12.0  # of the letters
PAD = 9.0


@dataclass(frozen=True)
class Part:
    text: str
    tone: str  # name, ok, warn, plain
    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Badge:
    parts: list[Part]
    label: str

    @property
    def width(self) -> float:
        return self.parts[-1].x + self.parts[-1].width


def badge(kitchen: Establishment, now: datetime) -> Badge:
    """The house's name, then the picture's state, then the papers'."""
    return laid_out([(_("Sunkitchen"), "name"), _camera(kitchen, now), _papers(kitchen, now)])


def laid_out(said: list[tuple[str, str]]) -> Badge:
    """Side by side, each as wide as its words in a common sans-serif."""
    parts: list[Part] = []
    x = 0.0
    for text, tone in said:
        width = round(length(text) + 2 * PAD + (17 if tone == "name" else 0), 1)
        parts.append(Part(text, tone, x, width))
        x += width
    return Badge(parts, ", ".join(text for text, _tone in said))


def length(text: str) -> float:
    """Of a text in pixels, near enough: a Chinese character is square, others a good half as wide."""
    return sum(SIZE if east_asian_width(letter) in "WF" else SIZE * 0.57 for letter in text)


def _camera(kitchen: Establishment, now: datetime) -> tuple[str, str]:
    if kitchen.state == Establishment.State.CLOSED:
        return words.closed(bool(changing_hands([kitchen]))), "plain"
    cameras = labelled.annotated(Camera.objects.public().filter(establishment=kitchen)).select_related("establishment")
    said = [words.label(camera, now) for camera in cameras]
    if not said:
        return _("No live picture"), "plain"
    tone, text = min(said, key=lambda one: TONES.index(one[0]))
    return text, tone or "plain"


def _papers(kitchen: Establishment, now: datetime) -> tuple[str, str]:
    permits = Credential.objects.filter(establishment=kitchen, kind__in=Credential.PERMITS)
    holds = permits.in_force(timezone.localdate(now)).exists()
    return (_("Permit in force"), "ok") if holds else (_("No permit in force"), "warn")
