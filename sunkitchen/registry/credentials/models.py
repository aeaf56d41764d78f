"""Credential 证照: anything that is handed in, reviewed, in force, and expires."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens


class CredentialQuerySet(OfKitchens[Any]):
    def in_force(self, on: date) -> "CredentialQuerySet":
        """Approved and within its dates; "valid through D" lasts until 24:00 on D, or until its renewal is decided."""
        lasting = models.Q(valid_through=None) | models.Q(valid_through__gte=on) | ~models.Q(continued_by=None)
        return self.filter(lasting, state=Credential.State.IN_FORCE, valid_from__lte=on)

    def expiring_between(self, today: date, days: int) -> "CredentialQuerySet":
        """Approved, and ending from a week ago until `days` from now."""
        return self.filter(
            state=Credential.State.IN_FORCE,
            valid_through__gte=today - timedelta(days=7),
            valid_through__lte=today + timedelta(days=days),
        )

    def of_kitchen(self) -> "CredentialQuerySet":
        """The kitchen's own papers, without those of its people."""
        return self.filter(kind__in=Credential.OF_KITCHEN)

    def outdated(self, on: date) -> "CredentialQuerySet":
        """Approved ones whose successor has begun by that day."""
        newer = Credential.objects.of_kind_like_outer().filter(
            state=Credential.State.IN_FORCE, valid_from__lte=on, valid_from__gt=models.OuterRef("valid_from")
        )
        return self.filter(models.Exists(newer), state=Credential.State.IN_FORCE)

    def unfollowed(self, today: date) -> "CredentialQuerySet":
        """Those with an end that no later paper, waiting or approved, goes beyond. What has ended is followed by an
        approved one, or goes on while its accepted renewal waits."""
        endless, later = models.Q(valid_through=None), models.Q(valid_through__gt=models.OuterRef("valid_through"))
        successors = Credential.objects.of_kind_like_outer().filter(endless | later)
        waiting = models.Exists(successors.filter(state=Credential.State.SUBMITTED))
        approved = models.Exists(successors.filter(state=Credential.State.IN_FORCE))
        ended = models.Q(valid_through__lt=today, continued_by=None)
        return self.filter(~approved).filter(~waiting | ended)

    def stop_for(self, renewal: "Credential") -> int:
        """What went on while that renewal waited ends with its own last day again; how many."""
        return self.filter(continued_by=renewal).update(continued_by=None)

    def of_kind_like_outer(self) -> "CredentialQuerySet":
        """For a subquery: of the outer row's kitchen, kind and person."""
        person = models.Q(staff_member=models.OuterRef("staff_member")) | models.Q(staff_member=None)
        return self.filter(person, establishment=models.OuterRef("establishment"), kind=models.OuterRef("kind"))

    def waiting(self) -> "CredentialQuerySet":
        return self.filter(state=Credential.State.SUBMITTED).order_by("submitted_at")


class Credential(models.Model):
    class Kind(models.TextChoices):
        FOOD_PERMIT = "food_permit", _("Food business permit")
        BUSINESS_LICENCE = "business_licence", _("Business licence")
        SMALL_EATERY = "small_eatery", _("Small eatery registration")
        HEALTH_CERTIFICATE = "health_certificate", _("Health certificate")

    PERMITS = (Kind.FOOD_PERMIT, Kind.SMALL_EATERY)  # either allows to serve food: which one is the province's rule

    HOLDS = ("in_force", "expiring", "renewal_pending")  # standings in which a paper counts

    OF_KITCHEN = (Kind.FOOD_PERMIT, Kind.SMALL_EATERY, Kind.BUSINESS_LICENCE)  # the others are a person's

    class Source(models.TextChoices):
        UPLOAD = "upload", _("Handed in")
        REGISTER = "register", _("From the bureau's register")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for review")
        RETURNED = "returned", _("Returned")
        IN_FORCE = "in_force", _("In force")
        REVOKED = "revoked", _("Revoked")
        REPLACED = "replaced", _("Replaced by a newer paper")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="credentials")
    staff_member = models.ForeignKey(
        "registry.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    source = models.CharField(max_length=10, choices=Source, default=Source.UPLOAD)
    number = models.CharField(_("number"), max_length=30)
    holder = models.CharField(_("name on the paper"), max_length=100)
    issuer = models.CharField(_("issued by"), max_length=100, blank=True)
    items = models.CharField(_("licensed items"), max_length=500, blank=True)  # 经营项目
    valid_from = models.DateField(_("valid from"))
    valid_through = models.DateField(_("valid through"), null=True, blank=True)  # None: 长期, without an end
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # why it was returned or revoked, for the owner
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    # While a renewal that was accepted 受理 in time waits, the old paper goes on past its last day.
    continued_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    # Where the authority wants four eyes: who approved first. Another one makes it come into force.
    endorsed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "submitted_at"]), models.Index(fields=["number"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_through=None) | models.Q(valid_through__gte=models.F("valid_from")),
                name="credential_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("submitted_by")),
                name="nobody_reviews_their_own_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(endorsed_by=None)
                | (~models.Q(endorsed_by=models.F("submitted_by")) & ~models.Q(endorsed_by=models.F("reviewed_by"))),
                name="four_eyes_are_two_peoples",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="revoked") | (models.Q(revoked_at__isnull=False) & ~models.Q(reason="")),
                name="revoked_on_a_day_for_a_reason",
            ),
            # Two may stand side by side only while the renewal's first day is yet to come.
            models.UniqueConstraint(
                fields=["establishment", "kind", "valid_from"],
                condition=models.Q(state="in_force", staff_member=None),
                name="one_paper_of_a_kind_in_force_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["staff_member", "kind", "valid_from"],
                condition=models.Q(state="in_force"),
                name="one_certificate_of_a_person_in_force_from_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="health_certificate", staff_member__isnull=False)
                | (~models.Q(kind="health_certificate") & models.Q(staff_member=None)),
                name="a_health_certificate_is_a_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="business_licence") | models.Q(valid_through__isnull=False),
                name="only_a_business_licence_never_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def audit_name(self) -> str:
        """The audit trail is never erased: the number of a person's certificate does not get in."""
        return f"{self.get_kind_display()} {self.staff_member.masked}" if self.staff_member else str(self)

    def for_trail(self, words: str) -> str:
        """The same words with the person's name masked, where it is a person's paper: nobody erases the trail."""
        member = self.staff_member
        return words.replace(member.name, member.masked) if member and len(member.name) > 1 else words

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    def standing(self, on: date) -> str:
        """What it counts for on that day, computed on read: in_force, expiring, expired, renewal_pending, not_yet, or its
        state."""
        if self.state != self.State.IN_FORCE:
            return self.state
        if on < self.valid_from:
            return "not_yet"
        if self.valid_through is None:
            return "in_force"
        if on > self.valid_through:
            return "renewal_pending" if self.continued_by_id else "expired"
        return "expiring" if self.valid_through - on <= timedelta(days=30) else "in_force"

    def older(self) -> "Credential | None":
        """The paper in force, of the same kind and person, that this one goes beyond: what it renews."""
        held = Credential.objects.filter(
            establishment=self.establishment_id,
            kind=self.kind,
            staff_member=self.staff_member_id,
            state=self.State.IN_FORCE,
            valid_from__lt=self.valid_from,
        ).exclude(pk=self.pk)
        if self.valid_through is not None:
            held = held.filter(valid_through__lt=self.valid_through)
        return held.order_by("-valid_from").first()


class CredentialPage(models.Model):
    """A picture or PDF of the paper."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="pages")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["credential", "order"], name="page_has_its_place")]

    def __str__(self) -> str:
        return f"{self.credential} · {self.order + 1}"

    @property
    def scope(self) -> Scope:
        return self.credential.scope


class ReviewPolicy(models.Model):
    """How an authority wants its papers reviewed."""

    authority = models.OneToOneField("accounts.Authority", on_delete=models.CASCADE, related_name="review_policy")
    four_eyes = models.JSONField(default=list, blank=True)  # Credential.Kind values that two officers approve

    def __str__(self) -> str:
        return str(self.authority)

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)


class OnDesk(models.Model):
    """A paper that a clerk has open: a hint to colleagues for a while, and never a lock."""

    credential = models.OneToOneField(Credential, on_delete=models.CASCADE, related_name="on_desk")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.credential_id} · {self.by}"

    @property
    def scope(self) -> Scope:
        return self.credential.scope
