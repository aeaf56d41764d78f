"""What an officer, or an owner, writes about a complaint."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts import mobile
from sunkitchen.accounts.models import User

from .models import Complaint
from .receiving import Diner

YES_NO = [("yes", _("Yes, it is true")), ("no", _("No, it could not be found true"))]


def contact_of(text: str) -> tuple[str, str]:
    """(mobile, email) of what was typed into one field. ValidationError when it is neither."""
    text = text.strip()
    if not text:
        return "", ""
    if "@" in text:
        validate_email(text)
        if len(text) > 120:
            raise forms.ValidationError(_("Please enter a mobile number or an email address."))
        return "", text
    try:
        return mobile.normal(text), ""
    except ValueError:
        raise forms.ValidationError(_("Please enter a mobile number or an email address.")) from None


def _text(label, *, required=True, rows=3, help_text=""):
    return forms.CharField(
        label=label,
        required=required,
        max_length=1000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class NoteForm(forms.Form):
    note = _text(_("Note for the diner"), required=False, rows=2)


class ReasonForm(forms.Form):
    reason = _text(_("Reason"), help_text=_("The diner reads it."))


class ToldForm(forms.Form):
    note = _text(_("How and when they were told"), rows=2)


class OfficeNoteForm(forms.Form):
    public = _text(_("Note for the diner"), required=False, rows=2)
    office = _text(_("Note for the office"), required=False, rows=2)


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("number at 12315"), max_length=40, widget=forms.TextInput(attrs={"class": "num", "autocomplete": "off"})
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args, officers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(pk__in=[officer.pk for officer in officers]).order_by("name")


class ResolveForm(forms.Form):
    upheld = forms.ChoiceField(label=_("Was it found true?"), choices=YES_NO, widget=forms.RadioSelect)
    serious = forms.BooleanField(label=_("It is serious: it may be named as a fact for the black list"), required=False)
    reply = _text(_("reply to the diner"), rows=4, help_text=_("What was found, and what was done. It names no diner."))

    def clean_upheld(self):
        return self.cleaned_data["upheld"] == "yes"


class GroupForm(forms.Form):
    under = forms.ModelChoiceField(
        label=_("Handle it together with"),
        queryset=Complaint.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, similar, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["under"].queryset = similar
        self.fields["under"].label_from_instance = lambda row: (
            f"{row} · {row.received_at:%m-%d} · {row.get_category_display()}"
        )


class AnswerForm(forms.Form):
    statement = _text(_("What you have to say"), rows=4, help_text=_("The authority reads it. The guest does not."))


class EnterForm(forms.Form):
    """What came by telephone."""

    kind = forms.ChoiceField(label=_("Which of the two"), choices=Complaint.Kind.choices, widget=forms.RadioSelect)
    category = forms.ChoiceField(label=_("what it is about"), choices=Complaint.Category.choices)
    said = forms.CharField(
        label=_("what happened"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    happened_at = forms.DateTimeField(
        label=_("when it happened"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    number_12315 = forms.CharField(
        label=_("number at 12315"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    contact = forms.CharField(
        label=_("Mobile number or email"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    may_be_named = forms.BooleanField(label=_("They agree that the business learns their name"), required=False)

    def clean_contact(self):
        self.reach = contact_of(self.cleaned_data["contact"])
        return self.cleaned_data["contact"]

    def facts(self):
        """What `receiving.enter` takes."""
        given = self.cleaned_data
        number, email = self.reach
        names = ("kind", "category", "said", "happened_at", "number_12315")
        return {
            **{name: given[name] for name in names},
            "diner": Diner(given["name"], number, email, may_be_named=given["may_be_named"]),
        }
