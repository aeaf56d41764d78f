"""A scanned table sticker."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sunkitchen.registry.stickers import actions as stickers

from ..answers import kept_by_nobody
from ..kitchen.views import rendered


@kept_by_nobody
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """The kitchen's page with its table; a revoked and an unknown token get one and the same answer."""
    sticker = stickers.find(token)
    if sticker is None:
        return render(request, "public/scan/dead.html", {"neutral_path": "/"}, status=404)
    return rendered(request, sticker.establishment, table=spoken(sticker.table), sticker=sticker)


def spoken(table: str) -> str:
    """ "3" is "Table 3"; a table with a name of its own is called by it."""
    return _("Table %(table)s") % {"table": table} if table.isascii() else table
