"""Users, authorities and officers' posts."""

from typing import Any, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import access
from sunkitchen.core.access import Can, Scope

Row = TypeVar("Row", bound=models.Model)
mobile_number = RegexValidator(r"^\+?[0-9]{6,15}$", _("A mobile number has 6 to 15 digits."))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(
        self, *, email: str | None = None, mobile: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email) if email else None, mobile=mobile, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by mobile number with a code or by email and password."""

    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("email"), null=True, blank=True, unique=True)
    mobile = models.CharField(
        _("mobile number"), max_length=16, null=True, blank=True, unique=True, validators=[mobile_number]
    )
    mobile_verified = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(mobile__isnull=False), name="user_can_be_reached"
            )
        ]

    def __str__(self):
        return self.name or self.email or self.mobile or ""


class Authority(models.Model):
    """A bureau of market supervision. Its jurisdiction is every division code (GB/T 2260) with its prefix."""

    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    slug = models.SlugField(unique=True)
    division = models.CharField(max_length=12)

    class Meta:
        verbose_name_plural = "authorities"

    def __str__(self):
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope(None, self.division)


class OfAuthorities(models.QuerySet[Row]):
    """Rows that belong to an authority each."""

    def within(self, user: Any, capability: Can) -> Self:
        """Those of authorities over which the user has the capability."""
        where = models.Q(pk__in=[])
        for prefix in access.reach(user, capability)[1]:
            where |= models.Q(authority__division__startswith=prefix)
        return self.filter(where)


class PostQuerySet(models.QuerySet):
    def held(self) -> "PostQuerySet":
        return self.filter(ended_at=None, user__is_active=True)


class Post(models.Model):
    """An officer's post at an authority. Inspectors carry their enforcement number 执法证号."""

    class Role(models.TextChoices):
        CLERK = "clerk", _("Clerk")
        INSPECTOR = "inspector", _("Inspector")
        PUBLISHER = "publisher", _("Publisher")
        AUDITOR = "auditor", _("Auditor")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=10, choices=Role)
    enforcement_number = models.CharField(max_length=30, blank=True)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "authority", "role"], condition=models.Q(ended_at=None), name="post_held_once"
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.authority}"

    @property
    def scope(self) -> Scope:
        return self.authority.scope
