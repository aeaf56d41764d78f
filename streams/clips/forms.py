"""What an officer asks for, and what a guest reports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import words
from .actions import MOST_MINUTES


class KeepForm(forms.Form):
    """The last minute, or the next ones: `what` is the button that was pressed."""

    reason = forms.CharField(
        label=_("What it is kept for"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example: a report of a guest, number of the case. It stands in the audit trail."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        initial=5,
        required=False,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    what = forms.ChoiceField(choices=[("last", "last"), ("next", "next")], widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("what") == "next" and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Record between 1 and 30 minutes."))
        return cleaned


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is held"), max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class MomentForm(forms.Form):
    about = forms.ChoiceField(
        label=_("What do you see?"),
        choices=words.ABOUT.items(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what you saw.")},
    )
    said = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At most 300 characters. Please name nobody, and not yourself either."),
    )
