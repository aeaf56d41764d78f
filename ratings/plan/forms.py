from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Risk


class RiskForm(forms.Form):
    letter = forms.ChoiceField(label=_("Risk class"), choices=Risk.Letter, widget=forms.RadioSelect)
    because = forms.CharField(
        label=_("Why this class"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the office; the draw publishes the weight alone."),
    )
