from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .forms import DayField
from .models import DataRequest


class AskedForm(forms.Form):
    """When the person asked."""

    asked_on = DayField(label=_("Asked on"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["asked_on"].initial = timezone.localdate


class RefuseForm(AskedForm):
    kind = forms.ChoiceField(label=_("What was asked for"), choices=DataRequest.Kind.choices)
    why = forms.CharField(
        label=_("reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it. Name the rule that it rests on."),
    )

    field_order = ["kind", "asked_on", "why"]
