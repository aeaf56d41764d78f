from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts import mobile


class ManagerForm(forms.Form):
    """`facts()` is what the action takes: the one field for both ways to reach somebody becomes one of them."""

    name = forms.CharField(label=_("Name"), max_length=60)
    contact = forms.CharField(
        label=_("Mobile number or email"),
        max_length=254,
        help_text=_("They get a message there and sign in with it. You never need their password."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_contact(self):
        text = self.cleaned_data["contact"].strip()
        try:
            return forms.EmailField().clean(text) if "@" in text else mobile.normal(text)
        except ValueError:
            raise forms.ValidationError(_("This is not a mobile number. Please look at it again.")) from None

    def facts(self):
        contact = self.cleaned_data["contact"]
        return {"name": self.cleaned_data["name"], "email" if "@" in contact else "mobile": contact}
