import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..uploads.forms import ACCEPT, HeldFilesField
from .forms import day
from .models import RecallNotice
from .question import Question


class QuestionForm(forms.Form):
    """What a recall looks for; shared by the search, its table and the recall that follows from it."""

    batch = forms.CharField(
        label=_("Batch or production date"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "num"}),
    )
    begins = forms.BooleanField(label=_("Every batch that begins so"), required=False)
    product = forms.CharField(label=_("Product"), max_length=60, required=False)
    supplier = forms.CharField(
        label=_("Supplier"),
        help_text=_("A part of its name, its whole credit code, or its permit number."),
        max_length=100,
        required=False,
    )
    since = day(label=_("Received from"), required=False)
    until = day(label=_("to"), required=False)
    voided = forms.BooleanField(label=_("Show voided entries, too"), required=False)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and (wrong := self.question().why_not(timezone.localdate())):
            self.add_error(*wrong)
        return cleaned

    def question(self):
        given = self.cleaned_data
        return Question(
            given["batch"], given["begins"], given["product"], given["supplier"], given["since"], given["until"]
        )


class IssueForm(forms.Form):
    document_number = forms.CharField(
        label=_("Document number"), max_length=60, required=False, widget=forms.TextInput(attrs={"class": "short"})
    )
    says = forms.CharField(
        label=_("What every kitchen is to do"),
        help_text=_("For instance: stop using it, seal what is left, keep it for collection."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].initial = uuid.uuid4
        self.known = {str(row.pk): row for row in authorities}
        if len(self.known) > 1:
            choices = [(pk, row.name) for pk, row in self.known.items()]
            self.fields["authority"] = forms.ChoiceField(label=_("Authority"), choices=choices)
            self.order_fields(["authority"])

    def authority(self):
        return self.known[self.cleaned_data["authority"]] if len(self.known) > 1 else next(iter(self.known.values()))


PICTURES = ACCEPT.replace(",application/pdf", "")


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("What became of the goods?"), choices=RecallNotice.Answer.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"), help_text=_("How much was left, where it is kept now."), max_length=200, required=False
    )
    photo = HeldFilesField(label=_("Photo"), required=False)
    # The newest delivery that the page showed: an answer is about what was seen.
    delivery = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**63 - 1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photo"].widget.attrs["accept"] = PICTURES
