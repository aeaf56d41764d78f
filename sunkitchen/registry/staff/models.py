"""StaffMember 从业人员: a named person with a post; their health certificate is a Credential; their consent to be filmed."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens


class ConsentQuerySet(models.QuerySet["FilmingConsent"]):
    def ended_with_operator(self) -> "ConsentQuerySet":
        """Those that a hand-over ended: they were given to the former operator, and nobody withdrew them."""
        return self.filter(staff_member__establishment__operatorships__until=models.F("withdrawn_at"))

    def withdrawn(self) -> "ConsentQuerySet":
        """Those that the person took back."""
        ended = FilmingConsent.objects.ended_with_operator().values("pk")
        return self.exclude(withdrawn_at=None).exclude(pk__in=ended)


class StaffQuerySet(OfKitchens["StaffMember"]):
    def working(self, on: date) -> "StaffQuerySet":
        """Who had joined and not left on that day."""
        return self.filter(joined_on__lte=on).filter(models.Q(left_on=None) | models.Q(left_on__gt=on))

    def objecting(self, on: date) -> "StaffQuerySet":
        """Who works before the cameras on that day, has withdrawn the consent to be seen, and not given it again."""
        consents = FilmingConsent.objects.filter(staff_member=models.OuterRef("pk"))
        standing = consents.filter(withdrawn_at=None)
        before_cameras = self.working(on).filter(post__in=StaffMember.FILMED)
        return before_cameras.filter(models.Exists(consents.withdrawn()), ~models.Exists(standing))

    def to_be_asked_anew(self, on: date) -> "StaffQuerySet":
        """Who stayed before the cameras through a hand-over, and has told the new operator neither yes nor no."""
        stayed = self.working(on).filter(post__in=StaffMember.FILMED)
        stayed = stayed.filter(establishment__operatorships__until__gte=models.F("added_at"))
        standing = FilmingConsent.objects.filter(staff_member=models.OuterRef("pk"), withdrawn_at=None)
        return stayed.filter(~models.Exists(standing)).exclude(pk__in=self.objecting(on).values("pk")).distinct()


class StaffMember(models.Model):
    ERASED = "已删除"  # in the place of a name that was erased

    class Post(models.TextChoices):
        CHEF = "chef", _("Chef")
        COLD_DISHES = "cold_dishes", _("Cold dishes and raw food")
        PREPARATION = "preparation", _("Washing and cutting")
        PLATING = "plating", _("Plating and portioning")
        DISHWASHER = "dishwasher", _("Dishwasher")
        WAITER = "waiter", _("Service")
        SAFETY = "safety", _("Food safety officer")
        BUYER = "buyer", _("Purchasing")
        CASHIER = "cashier", _("Till")

    # Posts that touch ready-to-eat food need a health certificate (Food Safety Law art. 45).
    NEED_CERTIFICATE = (Post.CHEF, Post.COLD_DISHES, Post.PREPARATION, Post.PLATING, Post.DISHWASHER, Post.WAITER)
    # Posts whose holders stand before the kitchen's cameras: each one's separate consent is needed (PIPL art. 29).
    FILMED = (Post.CHEF, Post.COLD_DISHES, Post.PREPARATION, Post.PLATING, Post.DISHWASHER)

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="staff")
    name = models.CharField(_("name"), max_length=40)
    post = models.CharField(_("post"), max_length=12, choices=Post)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)  # for the kitchen alone, never shown
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)  # the first day they no longer worked
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)  # name, number and scans are gone; that they worked stays

    objects = StaffQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "left_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(left_on__gte=models.F("joined_on")),
                name="staff_leave_after_they_join",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    @property
    def masked(self) -> str:
        """The name as the public may read it: `张*`, however long it is."""
        return f"{self.name[:1]}*"

    @property
    def audit_name(self) -> str:
        """The audit trail is never erased, so a whole name does not get in."""
        return self.ERASED if self.erased_at else self.masked

    @property
    def shown_name(self) -> str:
        """For the kitchen and the office: whose name was erased is called that in the reader's language."""
        return gettext("Erased") if self.erased_at else self.name

    def works(self, on: date) -> bool:
        return self.joined_on <= on and (self.left_on is None or self.left_on > on)


class FilmingConsent(models.Model):
    """单独同意: one person's own consent to be seen on the public live picture, and its withdrawal."""

    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="consents")
    given_on = models.DateField(_("signed on"))
    form = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")  # as signed
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # by the person, or by a hand-over at its moment

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member"], condition=models.Q(withdrawn_at=None), name="one_consent_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_member} · {self.given_on}"

    @property
    def scope(self) -> Scope:
        return self.staff_member.scope


class DataRequest(models.Model):
    """个人信息请求: an employee asked for a copy of their data, or for its erasure (PIPL art. 45, 47)."""

    class Kind(models.TextChoices):
        COPY = "copy", _("A copy")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(_("reason"), max_length=300, blank=True)  # a refusal's, with the rule it rests on

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def scope(self) -> Scope:
        return self.staff_member.scope
