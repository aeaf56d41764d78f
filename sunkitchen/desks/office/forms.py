from django import forms
from django.utils.translation import gettext_lazy as _


class TrailForm(forms.Form):
    """What to look for in the audit trail; everything may be left out."""

    person = forms.CharField(label=_("Person"), max_length=100, required=False)
    verb = forms.CharField(label=_("What was done"), max_length=60, required=False)
    subject = forms.CharField(label=_("To what"), max_length=100, required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput())
