"""What an owner writes to hand a kitchen over, and what the new one enters."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.adapter import TOO_MANY


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


class CodeForm(forms.Form):
    """What stands in the message. Each try counts, whatever is in it."""

    kitchen = forms.CharField(
        label=_("The kitchen's number"),
        max_length=20,
        help_text=_("It stands in the message's link, after k=."),
        widget=forms.TextInput(attrs={"class": "num", "autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code from the message"),
        max_length=40,
        help_text=_("12 letters and digits."),
        widget=forms.TextInput(
            attrs={"class": "num", "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (
            ratelimit.consume(self.request, action="claim")
            and ratelimit.consume(self.request, action="claim_by", key=str(self.request.user.pk))
        ):
            raise forms.ValidationError(TOO_MANY)
        return cleaned


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
