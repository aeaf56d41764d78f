from allauth.core import ratelimit
from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.adapter import TOO_MANY


class CodeForm(forms.Form):
    """A code that was sent, by letter or by message. Each try counts, whatever is in it."""

    code = forms.CharField(
        label=_("Code from the letter"),
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


class ClaimForm(CodeForm):
    """What stands on the letter."""

    field_order = ("number", "code")

    number = forms.CharField(
        label=_("Permit number or credit code"),
        max_length=60,
        help_text=_("As on the letter, for example JY2…"),
        widget=forms.TextInput(attrs={"class": "num", "autocapitalize": "characters", "spellcheck": "false"}),
    )
