"""Published editions as an Atom feed (RFC 4287): counts and links, no names, so that nothing has to be called back."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import said

FOUNDED = "2026-01-01"  # of the tag: ids' authority; never change it, or readers show every edition as new


def atom(editions: Iterable[Any]) -> str:
    """The feed in the reader's language; `editions` with their counts, the newest first."""
    feed = Atom1Feed(
        title=str(_("Red and black lists of food safety")),
        link=settings.SITE_URL + reverse("lists"),
        feed_url=settings.SITE_URL + reverse("lists_feed"),
        description="",
        subtitle=str(_("The red list is a result of checks, not a recommendation.")),
        language=get_language() or "zh-hans",
        feed_guid=f"tag:{settings.SITE_HOST},{FOUNDED}:lists",
    )
    for edition in editions:
        feed.add_item(
            title=said.title(edition),
            link=said.address(edition),
            description=_("red list %(count)d") % {"count": edition.red}
            + " · "
            + _("black list %(count)d") % {"count": edition.black},
            unique_id=f"tag:{settings.SITE_HOST},{FOUNDED}:lists/{edition.code}",
            pubdate=edition.published_at,
            updateddate=edition.published_at,
            author_name=said.authority_name(edition.authority),
        )
    return feed.writeString("utf-8")
