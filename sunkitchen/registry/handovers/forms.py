"""What an owner writes to hand a kitchen over, and what the new one enters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..claims.forms import CodeForm


class OfferForm(forms.Form):
    operator_name = forms.CharField(
        label=_("Legal name of the new operator"), max_length=100, help_text=_("As on its business licence.")
    )
    uscc = forms.CharField(
        label=_("Its unified social credit code"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "num", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name of the new owner"), max_length=60)
    contact = forms.CharField(
        label=_("Their mobile number or email"),
        max_length=254,
        help_text=_("The code to take it over is sent there, and to nobody else."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class TakeCodeForm(CodeForm):
    """What stands in the message."""

    field_order = ("kitchen", "code")

    kitchen = forms.CharField(
        label=_("The kitchen's number"),
        max_length=20,
        help_text=_("It stands in the message's link, after k=."),
        widget=forms.TextInput(attrs={"class": "num", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the message")


class TakeForm(forms.Form):
    """Who stays, and that what is taken over was read."""

    staying: Any = forms.ModelMultipleChoiceField(
        label=_("Who goes on working here"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    read = forms.BooleanField(
        label=_("I have read what I take over, and take it over for the new operator."),
        error_messages={"required": _("Please tick this: it is your decision.")},
    )

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["staying"].queryset = staff
