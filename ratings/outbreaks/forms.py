from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    occurred_on = forms.DateField(
        label=_("Occurred on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    people = forms.IntegerField(label=_("People who fell ill"), min_value=1, max_value=30000)
    document_number = forms.CharField(label=_("Document number"), max_length=60)
    findings = forms.CharField(
        label=_("What was found"),
        help_text=_("Name no person: the operator reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class RevokeForm(forms.Form):
    why = forms.CharField(label=_("Why it does not stand"), max_length=500)
