"""Establishment 餐饮单位: one kitchen at one address."""

from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import access, codes
from sunkitchen.core.access import Can, Scope

from ..memberships.models import Membership
from .spelling import spelled

Row = TypeVar("Row", bound=models.Model)


def fresh_code() -> str:
    return codes.fresh(8)


class EstablishmentQuerySet(models.QuerySet):
    def public(self) -> "EstablishmentQuerySet":
        """What anybody may see: opened once, closed ones too (their page says so)."""
        never = models.Q(state=Establishment.State.CLOSED, opened_at=None)
        return self.exclude(models.Q(state=Establishment.State.REGISTERED) | never)

    def unclaimed(self) -> "EstablishmentQuerySet":
        """Those that stand in the register and that nobody acts for here."""
        return self.filter(
            ~models.Exists(Membership.objects.filter(establishment=models.OuterRef("pk"), ended_at=None))
        )

    def within(self, user: Any, capability: Can) -> "EstablishmentQuerySet":
        """Those over which the user has the capability."""
        ids, prefixes = access.reach(user, capability)
        where = models.Q(pk__in=ids)
        for prefix in prefixes:
            where |= models.Q(division__startswith=prefix)
        return self.filter(where)


class OfKitchens(models.QuerySet[Row]):
    """Rows that belong to a kitchen each."""

    def within(self, user: Any, capability: Can) -> Self:
        """Those of kitchens over which the user has the capability."""
        return self.filter(establishment__in=Establishment.objects.within(user, capability))


class Establishment(models.Model):
    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered, not open to the public yet")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Category(models.TextChoices):
        LARGE = "large", _("Large restaurant")
        MEDIUM = "medium", _("Medium restaurant")
        SMALL = "small", _("Small restaurant")
        SNACK = "snack", _("Snack bar")
        DRINKS = "drinks", _("Drinks shop")
        CANTEEN = "canteen", _("Canteen")
        SCHOOL = "school", _("School canteen")
        CENTRAL = "central", _("Central kitchen")
        CATERING = "catering", _("Group meal delivery")

    class Cuisine(models.TextChoices):
        HOME = "home", _("Home cooking")
        SEAFOOD = "seafood", _("Seafood")
        HOTPOT = "hotpot", _("Hotpot")
        BARBECUE = "barbecue", _("Barbecue")
        NOODLES = "noodles", _("Noodles and rice noodles")
        BREAKFAST = "breakfast", _("Breakfast")
        FAST_FOOD = "fast_food", _("Fast food")
        SICHUAN = "sichuan", _("Sichuan and Hunan")
        CANTONESE = "cantonese", _("Cantonese")
        WESTERN = "western", _("Western")
        JAPANESE = "japanese", _("Japanese and Korean")
        VEGETARIAN = "vegetarian", _("Vegetarian")
        HALAL = "halal", _("Halal")
        BAKERY = "bakery", _("Bakery and desserts")
        TEA = "tea", _("Tea and coffee")

    class Coordinates(models.TextChoices):
        WGS84 = "wgs84", _("WGS-84 (GPS)")
        GCJ02 = "gcj02", _("GCJ-02 (maps in China)")
        BD09 = "bd09", _("BD-09 (Baidu)")

    code = models.CharField(max_length=16, unique=True, default=fresh_code)
    signboard = models.CharField(_("signboard name"), max_length=60)
    operator_name = models.CharField(_("legal name of the operator"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=200)
    division = models.CharField(_("division code"), max_length=12)
    category = models.CharField(_("category"), max_length=10, choices=Category)
    phone = models.CharField(_("public phone"), max_length=20, blank=True)
    # One pair of local times a weekday (Monday first), null where closed: ["10:00", "21:30"]. Past midnight: "26:00".
    hours = models.JSONField(default=list, blank=True)
    cuisines = models.JSONField(_("cuisines"), default=list, blank=True)  # Cuisine values, the chief one first
    # The map point in WGS-84, and the system in which it was given.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    coordinates = models.CharField(_("coordinate system"), max_length=6, choices=Coordinates, blank=True)
    found_by = models.TextField(blank=True, editable=False)  # what a search looks in: spelling.spelled
    state = models.CharField(max_length=12, choices=State, default=State.REGISTERED)
    is_demo = models.BooleanField(default=False)
    registered_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Whether the public reads posts and masked names beside the staff's coverage: in a shop of eight `张*` is a name.
    shows_staff = models.BooleanField(default=False)
    closed_by_authority = models.BooleanField(default=False)  # then it is the authority that lets it reopen

    objects = EstablishmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["division"]), models.Index(fields=["uscc"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None, coordinates="")
                | (
                    models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180)
                    & ~models.Q(coordinates="")
                ),
                name="a_map_point_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.signboard

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whatever writes a kitchen keeps it findable."""
        self.found_by = spelled(f"{self.signboard} {self.operator_name} {self.address}")
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "found_by"}
        super().save(*args, **kwargs)

    @property
    def scope(self) -> Scope:
        return Scope(self.pk, self.division)
