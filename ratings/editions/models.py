"""Edition 期 of the red and black lists, its listings 上榜, and what happens on the way: service, waiver, objection."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core import workdays
from sunkitchen.core.access import Scope

from . import facts, judge, ruleset

CORRECTION = "correction"  # the one kind of amendment that hides nothing
HIDES = ~Q(kind=CORRECTION) & Q(lifted_at=None)  # of amendments: those that take a listing out of sight now
SIGNED_WITHIN = timedelta(minutes=10)  # of publishing; the sweep comes every minute


class EditionQuerySet(OfAuthorities["Edition"]):
    def published(self) -> "EditionQuerySet":
        """Newest first, with their authorities."""
        return self.filter(state=Edition.State.PUBLISHED).select_related("authority", "entry").order_by("-published_at")


class Edition(models.Model):
    append_only = "OLD.state = 'published'"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("To be published at its hour")
        PUBLISHED = "published", _("Published")

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="editions")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    rule_version = models.CharField(max_length=20)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    computed_at = models.DateTimeField(null=True)  # when its proposals were computed; None while they are not
    kitchens = models.PositiveIntegerField(default=0)  # how many were judged then
    # Set free by a publisher for an hour; whoever did is its publisher then.
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    release_at = models.DateTimeField(_("publication hour"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    entry = models.OneToOneField("core.LogEntry", null=True, on_delete=models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "published_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")),
                name="nobody_publishes_their_own_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_by__isnull=False, published_at__isnull=False, entry__isnull=False),
                name="a_published_edition_has_publisher_and_log_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(released_by__isnull=False, release_at__isnull=False),
                name="a_scheduled_edition_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("drafted_by")), name="nobody_releases_their_own_draft"
            ),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="period_ends_after_it_begins"),
            models.UniqueConstraint(fields=["authority", "year", "number"], name="one_edition_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Its name in addresses: "hailan/2026-11"."""
        return f"{self.authority.slug}/{self.year}-{self.number}"

    @property
    def scope(self) -> Scope:
        return self.authority.scope

    def is_late(self, at: datetime) -> bool:
        """Whether a signature that is not there by `at` is no longer on its way: somebody has to look."""
        return self.published_at is not None and at - self.published_at > SIGNED_WITHIN

    @property
    def rules(self) -> judge.RuleSet:
        return ruleset.load(self.rule_version)


class ListingQuerySet(models.QuerySet["Listing"]):
    def kept(self) -> "ListingQuerySet":
        """Those that are (still) on their edition."""
        return self.exclude(state=Listing.State.DROPPED)

    def published(self) -> "ListingQuerySet":
        return self.filter(state=Listing.State.PUBLISHED)

    def visible(self) -> "ListingQuerySet":
        """Those that no amendment takes out of sight: neither stayed, withdrawn nor removed."""
        hiding = FilteredRelation(
            "amendments", condition=Q(amendments__lifted_at=None) & ~Q(amendments__kind=CORRECTION)
        )
        return self.alias(hiding=hiding).filter(hiding=None)

    def running(self, at: datetime) -> "ListingQuerySet":
        """Published, within their term, and not out of sight."""
        rows = self.published().visible()
        return rows.filter(term_until__gte=timezone.localtime(at).date(), edition__published_at__lte=at)

    def shown(self, at: datetime) -> "ListingQuerySet":
        """Published ones that a kitchen's own page may still tell: black ones within their term, none that is out of sight."""
        over = Q(colour=Listing.Colour.BLACK, term_until__lt=timezone.localtime(at).date())
        return self.published().visible().exclude(over)

    def standing(self, establishment: Any, at: datetime) -> "Listing | None":
        """The listing that speaks for the kitchen at `at`, or None: black before red, the newest first.

        A red listing is silent while one of its rules fails: it is a result of checks, not a title.
        """
        rows = self.running(at).filter(establishment=establishment).select_related("edition__authority")
        for listing in rows.order_by("colour", "-edition__published_at"):  # "black" sorts before "red"
            if listing.colour == Listing.Colour.BLACK or not listing.is_suspended(at):
                return listing
        return None


class Listing(models.Model):
    append_only = "OLD.sealed_at IS NOT NULL"

    class Colour(models.TextChoices):
        RED = "red", _("Red list")
        BLACK = "black", _("Black list")

    class State(models.TextChoices):
        DRAFT = "draft", _("Picked")
        NOTICED = "noticed", _("Notice issued")
        SERVED = "served", _("Notice served")
        OBJECTED = "objected", _("Under objection")
        PUBLISHED = "published", _("Published")
        DROPPED = "dropped", _("Taken off")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="listings")
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="listings")
    colour = models.CharField(max_length=5, choices=Colour)
    rule = models.CharField(max_length=10)  # code of the black rule; "red" for the red list, where all must hold
    facts = models.JSONField(default=dict)  # as measured when it was picked
    reason = models.CharField(_("reason"), max_length=500)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    evidence = models.JSONField(default=list)  # ids of inspections
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    picked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    picked_at = models.DateTimeField(default=timezone.now)
    noticed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=500, blank=True)

    # Written once, at publishing.
    finding = models.JSONField(default=dict)  # the public record, exactly as it was hashed
    finding_salt = models.CharField(max_length=64, blank=True)
    place = models.PositiveSmallIntegerField(null=True)  # its position in the edition's leaf
    term_until = models.DateField(null=True)  # the last day it speaks
    sealed_at = models.DateTimeField(null=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "state", "term_until"])]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "establishment"],
                condition=~Q(state="dropped"),
                name="a_kitchen_stands_once_on_an_edition",
            ),
            models.UniqueConstraint(fields=["edition", "place"], name="a_listing_has_its_place"),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(sealed_at__isnull=False, term_until__isnull=False, place__isnull=False),
                name="a_published_listing_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state="published", colour="black")
                | (Q(noticed_at__isnull=False) & ~Q(document_number="")),
                name="no_black_listing_without_notice_and_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {self.get_colour_display()} · {self.edition}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    @property
    def window(self) -> workdays.Workday | None:
        """The last day to object, from service by the rules' working days; None before service."""
        service = getattr(self, "service", None)
        return workdays.add(service.served_on, self.edition.rules.objection_workdays) if service else None

    def window_is_open(self, at: datetime) -> bool:
        """Whether the operator may still object: from service to 24:00 of the last day, or to a recorded waiver."""
        window = self.window
        return window is not None and not hasattr(self, "waiver") and timezone.localtime(at).date() <= window.day

    def named(self, at: datetime) -> "ListingIdentity | None":
        """Who is listed, while it may be said: nobody once erased, while an amendment hides it, nor when a black
        listing's term has ended. Asks for the amendments: prefetch them for many."""
        over = self.term_until is not None and self.term_until < timezone.localtime(at).date()
        if over and self.colour == self.Colour.BLACK:
            return None
        return None if any(one.hides for one in self.amendments.all()) else getattr(self, "identity", None)

    def is_suspended(self, at: datetime, visits: Iterable[Inspection] | None = None) -> bool:
        """A red listing one of whose rules does not hold at `at`; `visits` are the kitchen's, if they are known already."""
        if self.colour != self.Colour.RED:
            return False
        return judge.judge(facts.of(self.establishment, at, visits=visits), self.edition.rules).colour != judge.RED


class ListingIdentity(models.Model):
    """Who is listed, and the salt of it: beside the listing, so that an erasure leaves the finding verifiable.

    Not append-only for that reason; a change is what the published log shows.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="identity")
    code = models.CharField(max_length=16)
    legal_name = models.CharField(max_length=100)
    signboard = models.CharField(max_length=60)
    address = models.CharField(max_length=200)
    salt = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.signboard

    @property
    def record(self) -> dict[str, str]:
        """What is hashed and published."""
        return {
            "address": self.address,
            "code": self.code,
            "legal_name": self.legal_name,
            "signboard": self.signboard,
        }


class Service(models.Model):
    """Service 送达 of the notice: how, when, with what proof. The window to object runs from it."""

    append_only = True

    class Method(models.TextChoices):
        DIRECT = "direct", _("In person")
        LEFT = "left", _("Left at the premises")
        POST = "post", _("By post")
        ELECTRONIC = "electronic", _("Electronically, with signed confirmation of address")

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="service")
    method = models.CharField(_("method of service"), max_length=10, choices=Method)
    served_on = models.DateField(_("served on"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    proof = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proof__isnull=False) | ~Q(note=""), name="service_is_proven_by_file_or_note"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.served_on}"


class Waiver(models.Model):
    """The operator's own waiver of the objection 放弃陈述申辩, recorded by an officer: the only way to end the window early."""

    append_only = True

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="waiver")
    waived_on = models.DateField(_("waived on"))
    statement = models.CharField(_("statement of the operator"), max_length=500)
    proof = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.listing} {self.waived_on}"


class Objection(models.Model):
    """Objection 陈述申辩, decided by somebody who took no part."""

    append_only = "OLD.decided_at IS NOT NULL"

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        REJECTED = "rejected", _("Listing upheld")
        ACCEPTED = "accepted", _("Listing overturned")

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="objections")
    statement = models.TextField(_("objection"), max_length=2000)
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer to the operator"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing"], condition=Q(state="open"), name="one_open_objection_a_listing"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_objection_names_who_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.get_state_display()}"

    @property
    def scope(self) -> Scope:
        return self.listing.scope
