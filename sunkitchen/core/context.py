"""What every page knows of the site: its footer's names, and its address."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "SITE_HOST": settings.SITE_HOST,
        "SITE_HOSTED_BY": settings.SITE_HOSTED_BY,
        "SITE_ICP": settings.SITE_ICP,
        "SITE_POLICE": settings.SITE_POLICE,
        "SITE_CONTACT": settings.SITE_CONTACT,
    }
