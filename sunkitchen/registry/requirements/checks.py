"""Rules that do not load are said at start, not when the first kitchen asks."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from . import rules


@register()
def rules_load(**kwargs: Any) -> list[CheckMessage]:
    try:
        rules.files()
    except rules.BadRules as error:
        return [Error(str(error), hint="Put the file of requirements right, or take it away.", id="registry.E001")]
    return []
