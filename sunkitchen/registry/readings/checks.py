"""What `python -m sunkitchen check` says, and every start with it: whether papers are read at all."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from . import engine


@register()
def papers_are_read(**kwargs: Any) -> list[CheckMessage]:
    """W020 where the extra is missing: all works, and owners type what stands on their papers."""
    if engine.available():
        return []
    return [
        Warning(
            "Papers are not read here: owners type what stands on them.",
            hint="Install the extra: pip install 'sunkitchen[ocr]'. Every worker has it, or none.",
            id="sunkitchen.W020",
        )
    ]
