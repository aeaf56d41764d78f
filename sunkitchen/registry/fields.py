"""Form fields that several rooms of the registry share."""

from typing import Any

from django import forms

from . import numbers


class UsccField(forms.CharField):
    """A unified social credit code as people paste it, blanks included; cleaned to its 18 characters, "" for none.

    A model form hands it the column's `max_length`: a pasted code is longer than the stored one, so it is let go.
    """

    widget = forms.TextInput(attrs={"class": "num", "autocapitalize": "characters", "spellcheck": "false"})

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return numbers.uscc(text) if text else ""
        except numbers.BadNumber as error:
            raise forms.ValidationError(str(error)) from None
