from django import forms
from django.utils.translation import gettext_lazy as _

from .actions import LONGEST


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("What happened to the picture"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
