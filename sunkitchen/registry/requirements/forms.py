from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..credentials.forms import PaperForm
from ..credentials.models import Credential
from .models import SharedRegister


class UndertakeForm(forms.Form):
    """The signature under an undertaking."""

    agreed = forms.BooleanField(label=_("I have read it, it is true, and I mean it"), required=False)
    kitchen = forms.CharField(label=_("Type the kitchen's signboard name again"), max_length=60)
    name = forms.CharField(label=_("Your name, as your signature"), max_length=60)


class AskForm(forms.Form):
    hint = forms.CharField(
        label=_("What helps to find it"),
        help_text=_("For example the number, the year, or a former name."),
        max_length=200,
        required=False,
    )


class LookForm(forms.Form):
    """By which number a register is asked."""

    number = forms.CharField(
        label=_("Number of the paper"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "num", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class TakeForm(forms.Form):
    register = forms.IntegerField(min_value=1, max_value=2**31)
    number = forms.CharField(max_length=40)


class FoundForm(PaperForm):
    """What a clerk found in the bureau's own files: as a paper's form, without a picture."""

    said = forms.CharField(
        label=_("Where it was found"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("files", "held", "uploads"):
            self.fields.pop(name, None)

    def facts(self):
        facts = super().facts()
        return {name: value for name, value in facts.items() if name != "said"}


class NotFoundForm(forms.Form):
    said = forms.CharField(
        label=_("Where you looked, and what the owner does now"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they are released"), help_text=_("The kitchen reads it."), max_length=300, widget=forms.Textarea
    )


class RegisterForm(forms.Form):
    """Another bureau's register: a table that is loaded, or a service that is asked."""

    kind = forms.ChoiceField(label=_("Papers of this kind"))
    title = forms.CharField(label=_("Whose register, in its own words"), max_length=100)
    source = forms.ChoiceField(label=_("How it comes"), choices=SharedRegister.Source, widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("Address of the service"),
        help_text=_("https://… with {number} or {uscc} where the number goes."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    key = forms.CharField(
        label=_("Its key"),
        help_text=_("Sent as “Authorization: Bearer …”. It is kept sealed and never shown again."),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    names = forms.CharField(
        label=_("Its schema"),
        help_text=_("A line for each fact: number, holder, valid_from, valid_through, uscc, issuer, items, state."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 5, "spellcheck": "false", "placeholder": "number = data.licenceNo\nholder = data.name"}
        ),
    )

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in Credential.OF_KITCHEN]
        self.authorities = {str(row.pk): row for row in authorities}
        if len(self.authorities) > 1:
            english = (get_language() or "").startswith("en")
            names = [(pk, (english and row.name_en) or row.name) for pk, row in self.authorities.items()]
            self.fields["authority"] = forms.ChoiceField(label=_("For whose kitchens"), choices=names)

    def authority(self):
        return self.authorities[self.cleaned_data.get("authority") or next(iter(self.authorities))]

    def facts(self):
        return {name: self.cleaned_data[name] for name in ("kind", "title", "source", "url", "key", "names")}


class ServiceForm(forms.Form):
    url = RegisterForm.base_fields["url"]
    key = forms.CharField(
        label=_("A new key"),
        help_text=_("Empty: the old one stays."),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    names = RegisterForm.base_fields["names"]


class LoadForm(forms.Form):
    file = forms.FileField(
        label=_("The register's file"),
        help_text=_("CSV, .xlsx or a JSON list, up to 50 MB. Its lines take the place of all older ones."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.json,text/csv,application/json"}),
    )
