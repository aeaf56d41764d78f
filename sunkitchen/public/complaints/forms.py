"""What a guest writes, on a phone, in a noisy room: taps first, words where they are needed."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from ratings.complaints.forms import contact_of
from ratings.complaints.receiving import LONGEST, MOST_PHOTOS, Diner
from ratings.models import Complaint
from sunkitchen.registry.credentials.forms import FilesField, FilesInput

PICTURES = "image/jpeg,image/png,image/webp"


class ComplaintForm(forms.Form):
    form = forms.UUIDField(widget=forms.HiddenInput)
    p = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)  # a table's pass
    m = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)  # a moment that was reported
    camera = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Complaint.Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what it is about.")},
    )
    keep = forms.BooleanField(label=_("Keep the last minute of the live picture as evidence"), required=False)
    said = forms.CharField(
        label=_("What happened?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = FilesField(
        label=_("Pictures of it"),
        required=False,
        widget=FilesInput(attrs={"accept": PICTURES}),
        help_text=_("Up to four. Where and when they were taken is not kept in them."),
    )
    happened_at = forms.DateTimeField(
        label=_("When?"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    table = forms.CharField(
        label=_("Table"), required=False, max_length=20, widget=forms.TextInput(attrs={"class": "short"})
    )
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = forms.CharField(
        label=_("Mobile number or email"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "email", "autocapitalize": "none"}),
        help_text=_("There we tell you how it goes on. The business never sees it."),
    )
    may_be_named = forms.BooleanField(label=_("The business may learn my name, to settle it"), required=False)

    def __init__(self, *args, kind: str, live: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == Complaint.Kind.DISPUTE:
            for name in ("said", "name", "contact"):
                self.fields[name].required = True
            self.fields["name"].label = _("Your real name")
        else:
            del self.fields["may_be_named"]
            self.fields["said"].help_text = _("A few words help. A tap above is enough.")
        if not live:
            del self.fields["keep"]

    def clean_contact(self):
        self.reach = contact_of(self.cleaned_data["contact"])
        return self.cleaned_data["contact"]

    def clean_photos(self):
        if len(self.cleaned_data["photos"]) > MOST_PHOTOS:
            raise forms.ValidationError(_("At most %(most)s photos, please."), params={"most": MOST_PHOTOS})
        return self.cleaned_data["photos"]

    def clean(self):
        given = super().clean()
        is_other = self.kind == Complaint.Kind.LEAD and given.get("category") == Complaint.Category.OTHER
        if is_other and not given.get("said", "x").strip():
            self.add_error("said", _("Please say in a few words what happened."))
        return given

    def diner(self, language: str) -> Diner:
        number, email = self.reach
        return Diner(
            self.cleaned_data["name"], number, email, language, bool(self.cleaned_data.get("may_be_named", False))
        )


def fresh() -> dict[str, str]:
    return {"form": str(uuid.uuid4())}


FACES = [(1, _("Very bad")), (2, _("Bad")), (3, _("All right")), (4, _("Good")), (5, _("Very good"))]


def _faces(label, required: bool):
    return forms.TypedChoiceField(
        label=label,
        choices=FACES,
        coerce=int,
        empty_value=None,
        required=required,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the five faces.")},
    )


class SayForm(forms.Form):
    """How it was: three taps at most."""

    p = forms.CharField(max_length=200, widget=forms.HiddenInput)
    overall = _faces(_("How was it?"), True)
    cleanliness = _faces(_("How clean?"), False)
    food = _faces(_("How was the food?"), False)


class SatisfiedForm(forms.Form):
    marks = _faces(_("How satisfied are you with what was done?"), True)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "num", "autocomplete": "off", "autocapitalize": "none"}),
    )
