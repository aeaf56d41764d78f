"""Files in a form: chosen plainly, or brought before in pieces and named by their keys."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif,application/pdf"
HELD = "held"  # the name of the hidden inputs that static/js/upload.js posts instead of files


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. What they are is judged by core.files alone; even an empty one gets there."""

    widget = FilesInput(attrs={"accept": ACCEPT})

    def __init__(self, **kwargs):
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data, initial=None):
        rows = data if isinstance(data, list | tuple) else [data] if data else []
        if not rows:
            return [] if not self.required else [super().clean(None, initial)]
        return [super(FilesField, self).clean(row, initial) for row in rows]


@dataclass(frozen=True)
class Brought:
    uploads: list[Any] = field(default_factory=list)  # files of this request
    held: list[UUID] = field(default_factory=list)  # keys of finished uploads


class HeldFilesInput(FilesInput):
    def value_from_datadict(self, data, files, name):
        held = data.getlist(HELD) if hasattr(data, "getlist") else data.get(HELD, [])
        return super().value_from_datadict(data, files, name), held

    def use_required_attribute(self, initial):
        return False  # files that are held stand in for it

    def value_omitted_from_data(self, data, files, name):
        return super().value_omitted_from_data(data, files, name) and HELD not in data


class HeldFilesField(FilesField):
    """Files chosen in this form, or uploads that were brought before: a `Brought`. See `TakesFiles`."""

    widget = HeldFilesInput(attrs={"accept": ACCEPT})

    def goes(self, url: str, sort: str = "") -> None:
        """Where static/js/upload.js brings the files to at once, and what they are read as."""
        self.widget.attrs["data-upload"] = url
        if sort:
            self.widget.attrs["data-sort"] = sort

    def clean(self, data, initial=None):
        chosen, held = data if isinstance(data, tuple) else (data, [])
        try:
            keys = list(dict.fromkeys(UUID(key) for key in held if key))
        except (ValueError, TypeError, AttributeError):
            raise ValidationError(_("A picture is not there any more. Please choose it again.")) from None
        rows = [row for row in chosen if row] if isinstance(chosen, list | tuple) else [chosen] if chosen else []
        if not rows and not keys and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return Brought(super().clean(rows, initial) if rows else [], keys)


class TakesFiles:
    """A form with a HeldFilesField: its cleaned data say `uploads` and `held` instead, as actions take them."""

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name, one in self.fields.items() if isinstance(one, HeldFilesField)]:
            brought = cleaned.pop(name, None) or Brought()
            cleaned["uploads"], cleaned["held"] = brought.uploads, brought.held
        return cleaned
