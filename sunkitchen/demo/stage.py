"""The demo: an invented town's kitchens, eight of their cameras moving, made once in an installation without others.

What only the demo's maker knows (its password, its boxes' keys) lies in var/demo, readable by its owner alone; lost,
it is made anew.
"""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from streams.cameras import actions as cameras
from streams.cameras import keys
from streams.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.registry.memberships.models import Membership
from sunkitchen.registry.models import Establishment

from . import cast, film, story, town


def make(ffmpeg: str, say: Callable[[str], None], *, count: int = town.SIZE) -> bool:
    """Make what is missing of the demo; whether there is one. None is made beside real kitchens."""
    fresh = not Establishment.objects.exists()
    if not fresh and not Establishment.objects.filter(is_demo=True).exists():
        return False
    if fresh:
        scenes = [scene for kitchen in town.kitchens()[:count] for _zone, scene in kitchen.cameras if scene]
    else:
        scenes = [scene for _camera, scene in _boxes()]
    with film.drawing(ffmpeg, scenes, _path("")):  # on another core than the rows
        if fresh:
            say(f"Making the demo, once: a year of {count} kitchens.")
            story.tell(timezone.now(), count=count, say=say)
        _set_password()
    return True


def pushers(ffmpeg: str, port: int) -> list[tuple[str, list[str]]]:
    """Name and command of each kitchen's box: it sends its loop to this machine's own /ingest/."""
    found, known = [], _keys()
    for camera, scene in _boxes():
        url = f"http://127.0.0.1:{port}/ingest/{camera.code}/{known[camera.code]}"
        found.append((f"demo camera {camera.code}", film.pushing(ffmpeg, _path(f"{scene}.ts"), url)))
    return found


def showpiece() -> str:
    """The code of the kitchen to look at first; "" without a demo."""
    boxes = _boxes()
    return boxes[0][0].establishment.code if boxes else ""


def sign_ins() -> list[str]:
    """Lines for the terminal: who there is to sign in as."""
    if not User.objects.filter(email=cast.PEOPLE[0].email).exists():
        return []
    password = _path("password").read_text()
    here = set(User.objects.values_list("email", flat=True).filter(email__endswith="@demo.example"))
    people = [person for person in cast.PEOPLE if person.email in here]
    lines = [f"{person.email:<20} {person.name}，{person.does}" for person in people]
    return [f"Sign in at {settings.SITE_URL}/desk/ or /office/, password of all: {password}", *lines]


def _boxes() -> list[tuple[Camera, str]]:
    """The demo's own cameras in the town's order, each with its scene; not those that somebody added to a kitchen."""
    rows = Camera.objects.filter(establishment__is_demo=True, source=Camera.Source.PUSH)
    first: dict[tuple[str, str], Camera] = {}
    for camera in rows.select_related("establishment").order_by("pk"):
        first.setdefault((camera.establishment.uscc, camera.zone), camera)
    shown = [
        (first.get((kitchen.uscc, zone)), scene)
        for kitchen in town.kitchens()
        for zone, scene in kitchen.cameras
        if scene
    ]
    return [(camera, scene) for camera, scene in shown if camera]


def _path(name: str) -> Path:
    return Path(settings.VAR) / "demo" / name


def _set_password() -> None:
    """One for everybody in the demo; a new one where the file is lost. All are set together, so one tells of all."""
    path = _path("password")
    password = path.read_text() if path.exists() else f"kitchen-{secrets.token_hex(4)}"
    _keep(path, password)
    people = User.objects.filter(email__in=[person.email for person in cast.PEOPLE])
    if not all(user.check_password(password) for user in people[:1]):
        people.update(password=make_password(password))


def _keys() -> dict[str, str]:
    """The push key of each demo camera; a new one where the kept one doesn't fit."""
    path = _path("push-keys.json")
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for camera, _scene in _boxes():
        if not keys.fits(known.get(camera.code, ""), camera.push_key_hash):
            owner = Membership.objects.get(establishment=camera.establishment, role="owner", ended_at=None).user
            known[camera.code] = cameras.rotate_push_key(camera, by=owner)
    _keep(path, json.dumps(known))
    return known


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.read_text() == text:
        return
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
