"""What a clerk enters to commit to a draw, and to hold it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Authority
from sunkitchen.registry.models import Establishment

MOST_DECLARED = 500


class CommitForm(forms.Form):
    authority = forms.ModelChoiceField(Authority.objects.none(), label=_("Authority"))
    title = forms.CharField(label=_("What the draw is for"), max_length=100)
    kitchens = forms.IntegerField(label=_("How many kitchens"), min_value=1, max_value=2000)
    categories = forms.MultipleChoiceField(
        label=_("Only of these kinds"),
        help_text=_("None chosen: all of them."),
        choices=Establishment.Category,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    beacon = forms.CharField(
        label=_("A public number that is mixed in"),
        help_text=_(
            "Name one that nobody knows yet, for example “双色球 of next Tuesday, all seven numbers”. Without it the office could have tried many seeds, and the page says so."
        ),
        max_length=100,
        required=False,
    )
    declared = forms.CharField(
        label=_("Declared conflicts of interest"),
        help_text=_(
            "One a line: enforcement number, space, code of the kitchen. Who acts for a kitchen is left out anyway."
        ),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, authorities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = authorities
        if len(authorities) == 1:
            field.initial, field.widget = authorities[0].pk, forms.HiddenInput()

    def clean_declared(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for line in self.cleaned_data["declared"].splitlines():
            if not line.strip():
                continue
            number, _space, code = line.strip().rpartition(" ")
            if not number.strip() or len(pairs) == MOST_DECLARED:
                raise forms.ValidationError(_("Each line names an enforcement number and a kitchen's code."))
            pairs.append((" ".join(number.split()), code.lower()))
        return pairs


class HoldForm(forms.Form):
    beacon_value = forms.CharField(label=_("Its value"), max_length=100, required=False)


class BeginForm(forms.Form):
    """Nothing to enter: a refusal is said in it."""
