"""The path alone names the language: no cookie, no header is asked, so caches need no guess."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

# BCP 47 names, as `lang` and hreflang want them.
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def tag(language: str) -> str:
    return TAGS.get(language, language)


class PathLanguage(LocaleMiddleware):
    """Django's, minus the `Vary: Accept-Language` that it adds although the header decides nothing here."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", tag(translation.get_language()))
        return response
