"""Requirement 所需材料 and how one is met without carrying paper: 数据共享, 部门核查, 告知承诺.

Which papers a category needs is data (`rules/*.toml`); these rows say how a kitchen meets one besides handing it in.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens
from ..handovers.models import Operatorship
from .matching import DIFFERENCES


class SharedRegister(models.Model):
    """数据共享: another bureau's register, loaded as a table, or asked over HTTP for each paper."""

    class Source(models.TextChoices):
        TABLE = "table", _("A table that was loaded (CSV, XLSX, JSON)")
        HTTP = "http", _("A service that is asked (HTTP)")

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="shared_registers")
    kind = models.CharField(max_length=20)  # Credential.Kind
    title = models.CharField(_("title"), max_length=100)  # which bureau's, in its own words
    source = models.CharField(max_length=10, choices=Source)
    url = models.CharField(max_length=300, blank=True)
    sealed_key = models.TextField(blank=True)  # what the service asks us for: write-only
    names = models.JSONField(default=dict, blank=True)  # the service's schema: {fact: its name in the answer, dotted}
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    loaded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # A paper that agrees in number, holder and dates comes into force without a clerk's key press.
    at_once = models.BooleanField(default=False)

    objects = OfAuthorities.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)


class SharedRecord(models.Model):
    """A line of a loaded register; the newest load replaces the older one whole."""

    register = models.ForeignKey(SharedRegister, on_delete=models.CASCADE, related_name="records")
    number = models.CharField(max_length=30)
    uscc = models.CharField(max_length=18, blank=True)
    holder = models.CharField(max_length=100)
    issuer = models.CharField(max_length=100, blank=True)
    items = models.CharField(max_length=500, blank=True)
    valid_from = models.DateField()
    valid_through = models.DateField(null=True)
    state = models.CharField(max_length=20, blank=True)  # as the register says: 有效, 注销 …

    class Meta:
        indexes = [models.Index(fields=["register", "number"]), models.Index(fields=["register", "uscc"])]

    def __str__(self) -> str:
        return self.number


class SharedLoad(models.Model):
    """One file of a register: what was read, and which lines were not."""

    register = models.ForeignKey(SharedRegister, on_delete=models.CASCADE, related_name="loads")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    lines = models.PositiveIntegerField()  # that landed
    replaced = models.PositiveIntegerField(default=0)  # lines of the load before
    refused_count = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True)  # the first of them: [line, number, codes of why]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return self.register.scope


class Taking(models.Model):
    """A paper that its kitchen took from a register: what that register answered, and in what it differs."""

    credential = models.OneToOneField("registry.Credential", on_delete=models.CASCADE, related_name="taking")
    register = models.ForeignKey(SharedRegister, on_delete=models.PROTECT, related_name="takings")
    at = models.DateTimeField(default=timezone.now)
    state_said = models.CharField(max_length=20, blank=True)  # the register's own word: 有效, 正常 …
    differs = models.JSONField(default=list, blank=True)  # codes of `matching.DIFFERENCES`

    def __str__(self) -> str:
        return f"{self.register} · {self.credential}"

    @property
    def differences(self) -> list[Any]:
        """In words, for whoever confirms it."""
        return [DIFFERENCES[code] for code in self.differs if code in DIFFERENCES]

    @property
    def scope(self) -> Scope:
        return self.credential.scope


class OwnCheck(models.Model):
    """部门核查: the bureau looks a thing up itself, as a task for a clerk."""

    class State(models.TextChoices):
        OPEN = "open", _("To be checked by the bureau")
        CONFIRMED = "confirmed", _("Confirmed by the bureau")
        NOT_FOUND = "not_found", _("Not found: please hand it in")
        DROPPED = "dropped", _("Taken back")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="own_checks")
    requirement = models.CharField(max_length=40)  # its code
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    hint = models.CharField(_("what helps to find it"), max_length=200, blank=True)  # a number, a year, a former name
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    said = models.CharField(_("what the check found"), max_length=500, blank=True)
    credential = models.ForeignKey("registry.Credential", null=True, on_delete=models.PROTECT, related_name="+")

    objects: Any = OfKitchens.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "requirement"], condition=models.Q(state="open"), name="asked_to_check_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.state}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class UndertakingQuerySet(OfKitchens["Undertaking"]):
    def of_operator(self) -> "UndertakingQuerySet":
        """Those that the present operator signed: a word binds nobody else, and speaks against nobody else."""
        since = Operatorship.objects.filter(establishment=models.OuterRef("establishment"))
        return self.filter(~models.Exists(since.filter(until__gt=models.OuterRef("signed_at"))))


class Undertaking(models.Model):
    """告知承诺: the operator's signed word to bring a paper by a day, and what became of it."""

    append_only = "OLD.state <> 'open'"

    class State(models.TextChoices):
        OPEN = "open", _("Promised")
        KEPT = "kept", _("Kept as promised")
        BROKEN = "broken", _("Not kept")
        RELEASED = "released", _("No longer owed")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="undertakings")
    requirement = models.CharField(max_length=40)  # its code
    version = models.CharField(max_length=20)  # of the rules under which it was given
    text = models.TextField()  # the words that were signed
    signed_name = models.CharField(_("name of who signs"), max_length=60)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True)

    objects: Any = UndertakingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "requirement"], condition=models.Q(state="open"), name="promised_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.due_on}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
