"""What a production installation is told at each management command, and goes on with."""

import os
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from sunkitchen.core import production


@register()
def production_is_complete(**kwargs: Any) -> list[CheckMessage]:
    return [Warning(line, id="sunkitchen.W001") for line in production.warnings(os.environ)]
