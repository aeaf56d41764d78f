"""What clerks fill in: which papers to see, why one is returned, which renewals to approve at once."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..establishments import divisions
from ..establishments.models import Establishment
from . import reasons
from .forms import SeenForm
from .models import Credential

WHOSE = [
    ("", _("all")),
    ("free", _("nobody has open")),
    ("mine", _("open at mine")),
    ("colleague", _("open at a colleague's")),
    ("second", _("wait for a second officer")),
]


class QueueForm(forms.Form):
    """Which of the waiting papers to see; nothing chosen is all of them."""

    kind = forms.ChoiceField(label=_("Paper"), required=False, choices=[("", _("all")), *Credential.Kind.choices])
    category = forms.ChoiceField(
        label=_("Kitchen"), required=False, choices=[("", _("all")), *Establishment.Category.choices]
    )
    division = forms.CharField(label=_("Division"), required=False, max_length=12)
    whose = forms.ChoiceField(label=_("On whose desk"), required=False, choices=WHOSE)
    renewals = forms.BooleanField(label=_("renewals only"), required=False)
    doubts = forms.BooleanField(label=_("with doubts"), required=False)
    q = forms.CharField(label=_("Kitchen or number"), required=False, max_length=100)

    def __init__(self, *args, within=(), **kwargs):
        super().__init__(*args, **kwargs)
        names = dict(divisions.choices(get_language() or ""))
        codes = sorted({code for code in within if code})
        self.fields["division"].widget = forms.Select(
            choices=[("", _("all")), *((code, names.get(code, code)) for code in codes)]
        )


class ReturnForm(SeenForm):
    """`reason` is what the owner reads: the ticked templates in the owner's language, then the clerk's own words."""

    reasons = forms.MultipleChoiceField(label=_("What is wrong"), widget=forms.CheckboxSelectMultiple, required=False)
    words = forms.CharField(
        label=_("In your own words"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        language = get_language() or ""
        self.fields["reasons"].choices = [(row.code, row.said(language)) for row in reasons.for_kind(kind)]

    def reason(self, language):
        return reasons.said(self.kind, self.cleaned_data["reasons"], self.cleaned_data["words"], language)


class FourEyesForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=_("Two officers approve"),
        required=False,
        choices=Credential.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
