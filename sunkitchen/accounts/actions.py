"""What changes people: signing up, proving a number, the language they read, officers' posts."""

import re

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.core import access, audit, notices
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from .models import Authority, Post, User


@transaction.atomic
def sign_up(*, mobile: str, name: str, language: str) -> User:
    """An account for the person who has just proved to hold this number. Whoever has it already keeps it."""
    user, new = User.objects.get_or_create(
        mobile=mobile,
        defaults={
            "name": name,
            "mobile_verified": True,
            "language": _known(language),
            "password": make_password(None),  # usable by nobody
        },
    )
    if new:
        audit.record(user, "user.signed_up", user)
    return user


@transaction.atomic
def open_account(*, name: str, email: str | None = None, mobile: str | None = None, by: User | None) -> User:
    """An account for a colleague, who then signs in by code, or sets a password by email. Found again, not doubled."""
    if known := _known_by(email, mobile):
        return known
    if not email and not mobile:
        raise Refused(_("An account needs an email or a mobile number."))
    try:
        with transaction.atomic():
            user = User.objects.create_user(name=name, email=email, mobile=mobile)
    except IntegrityError:  # somebody else opened it in this moment
        if known := _known_by(email, mobile):
            return known
        raise
    audit.record(by, "user.opened", user)
    return user


def _known_by(email: str | None, mobile: str | None) -> User | None:
    for field, value in (("email__iexact", email), ("mobile", mobile)):
        if value and (known := User.objects.filter(**{field: value}).first()):
            return known
    return None


def prove_mobile(user: User, mobile: str) -> None:
    """A code sent to this number came back: it is theirs."""
    User.objects.filter(pk=user.pk, mobile=mobile).update(mobile_verified=True)


@transaction.atomic
def move_to(user: User, which: str, address: str) -> None:
    """A code sent to this new `email` or `mobile` came back: it is theirs, and replaces the one they had.

    They are told at the old one, as everywhere else. Refused when another account has the new one.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    others = User.objects.exclude(pk=row.pk).filter(**{{"email": "email__iexact", "mobile": "mobile"}[which]: address})
    taken = Refused(_("Another account has it already. Sign in with that one, or give us another address."))
    if others.exists():
        raise taken
    _tell_of_change(row, which)  # while the old address is still theirs
    try:
        with transaction.atomic():
            proven = {"mobile_verified": True} if which == "mobile" else {}
            User.objects.filter(pk=row.pk).update(**{which: address}, **proven)
    except IntegrityError:  # somebody else proved it in this moment
        raise taken from None
    if which == "email":
        EmailAddress.objects.filter(user=row).delete()  # or the old one would still ask for a new password
        audit.record(row, "user.email_changed", row)
    else:
        audit.record(row, "user.mobile_changed", row)
    user.refresh_from_db()


_EMAIL_CHANGED = gettext_lazy("The email of your account was changed")
_MOBILE_CHANGED = gettext_lazy("The mobile number of your account was changed")
_CHANGED_BODY = gettext_lazy("From now on you sign in, and are reached, with the new one. If this was not you, tell your administrator at once.")  # fmt: skip


def _tell_of_change(user: User, which: str) -> None:
    event, subject = f"user.{which}_changed", _MOBILE_CHANGED if which == "mobile" else _EMAIL_CHANGED
    dedupe = f"{event}:{user.pk}:{timezone.now().timestamp()}"
    notices.tell(user, event, subject, _CHANGED_BODY, dedupe=dedupe, link=reverse("addresses"))


def read_in(user: User, language: str | None) -> None:
    """From now on notices reach them in the language they signed in with."""
    User.objects.filter(pk=user.pk).exclude(language=_known(language)).update(language=_known(language))


@transaction.atomic
def found_authority(name: str, slug: str, division: str, name_en: str = "", *, by: User | None) -> Authority:
    """Enter a bureau whose jurisdiction is every division code (GB/T 2260) that begins with `division`, 2 to 12 digits."""
    if by is not None and not by.is_superuser:
        raise PermissionDenied
    if not re.fullmatch(r"[0-9]{2,12}", division, re.ASCII):
        raise Refused(_("A division code has 2 to 12 digits (GB/T 2260)."))
    if not re.fullmatch(r"[a-z0-9-]{2,50}", slug):
        raise Refused(_("A short name has lower-case letters, digits and hyphens: it stands in addresses."))
    if Authority.objects.filter(slug=slug).exists():
        raise Refused(_("This short name is taken."))
    authority = Authority.objects.create(name=name, slug=slug, division=division, name_en=name_en)
    audit.record(by, "authority.founded", authority, division=division)
    return authority


@transaction.atomic
def appoint(
    user: User, authority: Authority, role: Post.Role | str, enforcement_number: str = "", *, by: User | None
) -> Post:
    """Give the post. `by` is an administrator, or None for the operator of the installation at its console."""
    role = Post.Role(role)
    if by is not None:
        access.require(by, Can.APPOINT, authority)
    if by == user:
        raise Refused(_("Nobody appoints themselves."))
    if not user.is_active:
        raise Refused(_("This account is closed."))
    if role == Post.Role.INSPECTOR and not enforcement_number.strip():
        raise Refused(_("An inspector needs the number of the enforcement certificate."))
    try:
        with transaction.atomic():
            post = Post.objects.create(
                user=user, authority=authority, role=role, enforcement_number=enforcement_number.strip()
            )
    except IntegrityError:
        raise Refused(_("This person holds the post already.")) from None
    audit.record(by, "post.appointed", post, role=role.value, authority=authority.slug, number=enforcement_number)
    return post


@transaction.atomic
def end_post(post: Post, *, by: User | None) -> None:
    """The officer no longer holds the post from this moment; what they did in it stays theirs."""
    if by is not None:
        access.require(by, Can.APPOINT, post.authority)
    if not Post.objects.filter(pk=post.pk, ended_at=None).update(ended_at=timezone.now()):
        raise Refused(_("This post has ended already."))
    post.refresh_from_db()
    audit.record(by, "post.ended", post)


def _known(language: str | None) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
