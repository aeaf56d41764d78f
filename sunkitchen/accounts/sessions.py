"""Who is behind a session key: asked again and again by what stays open longer than a request."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from .models import User


def whose(session_key: str) -> User | None:
    """Who is signed in with this session now: None once it ended, or the password or the account changed."""
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if person is None:
        return None
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return person if any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), known) for known in hashes) else None
