"""The shop around the kitchen: its people, photos, hours and address, and why there is no picture."""

import json
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from streams.models import Camera
from sunkitchen.registry.models import Establishment, Photo
from sunkitchen.registry.staff.coverage import PublicMember, coverage, public_staff

# As json_script does: nothing in it can end the script element.
SAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class People:
    """Those whose posts need a health certificate; `members` where the kitchen shows them, masked."""

    needed: int
    in_force: int
    expiring: int
    members: list[PublicMember] = field(default_factory=list)

    @property
    def lacking(self) -> int:
        return self.needed - self.in_force


def people(establishment: Establishment, today: date) -> People:
    """One query."""
    if not establishment.shows_staff:
        counted = coverage(establishment, today)
        return People(counted.needed, counted.in_force, counted.expiring)
    members = public_staff(establishment, today)
    standings = [member.standing for member in members]
    expiring = standings.count("expiring")
    return People(len(members), standings.count("in_force") + expiring, expiring, members)


def no_picture(establishment: Establishment, changes_hands: bool = False) -> str:
    """One sentence: why nobody may watch here."""
    if changes_hands:
        return _("Changing hands: closed until the new operator has a permit.")
    if establishment.state == Establishment.State.CLOSED:
        return _("This kitchen has closed.")
    switched = list(Camera.objects.filter(establishment=establishment).values_list("enabled", flat=True))
    if not switched:
        return _("No picture: this kitchen shows no camera.")
    if not any(switched):
        return _("The kitchen switched the camera off.")
    return _("No picture: somebody who works here has taken back their consent to be filmed.")


def photos(establishment: Establishment) -> list[Photo]:
    return list(Photo.objects.shown().filter(establishment=establishment).select_related("file"))


def json_ld(establishment: Establishment) -> SafeString:
    """The kitchen as schema.org says it, for a script of type application/ld+json. An official grade is no rating."""
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Restaurant",
        "name": establishment.signboard,
        "legalName": establishment.operator_name,
        "url": settings.SITE_URL + reverse("kitchen", args=[establishment.code]),
        "address": {"@type": "PostalAddress", "streetAddress": establishment.address, "addressCountry": "CN"},
    }
    if establishment.phone:
        found["telephone"] = establishment.phone
    if cuisines := cuisine_names(establishment):
        found["servesCuisine"] = cuisines
    if hours := [_day(day, span) for day, span in zip(DAYS, establishment.hours, strict=False) if span]:
        found["openingHoursSpecification"] = hours
    if establishment.is_demo:
        found["disambiguatingDescription"] = _("City, bureau, shops and pictures are invented.")
    return mark_safe(json.dumps(found, ensure_ascii=False).translate(SAFE))


def cuisine_names(establishment: Establishment) -> list[str]:
    labels = dict(Establishment.Cuisine.choices)
    return [str(labels[cuisine]) for cuisine in establishment.cuisines if cuisine in labels]


def _day(day: str, span: list[str]) -> dict[str, str]:
    """Past midnight schema.org wants the hour of the next day: 26:00 is 02:00."""
    opens, closes = (f"{int(time[:2]) % 24:02}{time[2:]}" for time in span)
    return {"@type": "OpeningHoursSpecification", "dayOfWeek": day, "opens": opens, "closes": closes}
