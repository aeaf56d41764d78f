"""What a clerk asks for, keeps and decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import VideoCheck


class AskForm(forms.Form):
    please = forms.CharField(
        label=_("What you want to see"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example: the seal and the last line, close up."),
    )


class StillForm(forms.Form):
    note = forms.CharField(
        label=_("What it shows"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(label=_("outcome"), choices=VideoCheck.Outcome, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The kitchen reads it."),
    )


class CallOffForm(forms.Form):
    note = forms.CharField(
        label=_("Why it is not needed any more"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
