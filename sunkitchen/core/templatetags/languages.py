"""What base.html needs to know of languages: this page's own tag, and the same page in the others."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context
from django.urls import translate_url
from django.utils import translation

from sunkitchen.core.language import tag

register = template.Library()


@dataclass(frozen=True)
class Version:
    """The same page in another language."""

    tag: str
    name: str  # in its own language
    path: str


@register.simple_tag
def html_lang() -> str:
    return tag(translation.get_language() or settings.LANGUAGE_CODE)


@register.simple_tag(takes_context=True)
def versions(context: Context) -> list[Version]:
    """Every language's address of this page, this one's first. `neutral_path` in the context stands in for it."""
    request = context.get("request")
    path = context.get("neutral_path") or (request.get_full_path() if request else "/")
    here = translation.get_language()
    languages = sorted(settings.LANGUAGES, key=lambda language: language[0] != here)
    return [Version(tag(code), name, translate_url(path, code)) for code, name in languages]
