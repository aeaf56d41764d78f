"""Addresses of other rooms' pages. A room that this installation does not have leads nowhere, quietly."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def link(name: str, *arguments: Any) -> str:
    """The address, or "" where there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
