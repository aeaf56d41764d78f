"""Rows are checked whole before they are written, whoever asks: page, API or command."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from sunkitchen.core.workflow import Refused


def checked(row: models.Model, *, exclude: set[str] | None = None, alone: bool = False) -> None:
    """Refused, with the field's name and what is wrong with it, unless the row keeps every rule of its model.

    `alone` asks its fields only, not the database: for many rows, whose writer looks after the constraints.
    """
    try:
        row.full_clean(exclude=exclude, validate_unique=not alone, validate_constraints=not alone)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        if name == NON_FIELD_ERRORS:
            raise Refused(messages[0]) from None
        label = getattr(row._meta.get_field(name), "verbose_name", name)
        raise Refused(f"{label}: {messages[0]}") from None
