"""What people write into a consultation's pages."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Authority

from ..credentials.models import Credential
from ..uploads.forms import HeldFilesField
from . import office_time
from .actions import BEFOREHAND, MOST_FILES, bureau_of
from .models import CannedAnswer
from .writing import MOST

KITCHEN, BUREAU = "kitchen", "bureau"
FILES_HELP = _("JPEG, PNG, WebP or PDF, up to 20 MB each, at most %(most)s.")


class SayForm(forms.Form):
    """A message with its files. `form` names it, so that it is written once however often it is sent."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MOST, "placeholder": _("Write a message")}),
    )
    files = HeldFilesField(label=_("Photos or PDF"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["form"] = uuid4()

    def said(self):
        """What the actions take."""
        given = self.cleaned_data
        return {"text": given["text"], "form": given["form"], "held": given["files"].held}


class AnswerForm(SayForm):
    canned = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def clean_canned(self):
        """Ids of the prepared answers that were put in."""
        return [int(word) for word in self.cleaned_data["canned"].split() if word.isdecimal() and len(word) < 10]


class AskForm(SayForm):
    """A new question: about a kitchen, to its bureau; or to any bureau, for somebody who has no kitchen there yet."""

    to = forms.ChoiceField(label=_("Who is asked, about what"))
    paper = forms.ModelChoiceField(
        Credential.objects.none(),
        label=_("A draft to be looked through"),
        help_text=_("The clerk sees what you filled in and its picture. It stays a draft until you hand it in."),
        required=False,
        empty_label=_("none"),
    )
    subject = forms.CharField(label=_("In a few words"), max_length=80)

    field_order = ["to", "paper", "subject", "text", "files", "form"]

    def __init__(self, *args, kitchens, language, **kwargs):
        super().__init__(*args, **kwargs)
        self.kitchens = {place.code: place for place in kitchens}
        self.bureaus = {row.slug: row for row in Authority.objects.order_by("division")}
        names = {slug: (row.name_en if language == "en" else "") or row.name for slug, row in self.bureaus.items()}
        self.bureau_of = {code: bureau_of(place) for code, place in self.kitchens.items()}
        mine = [
            (f"{KITCHEN}:{code}", f"{place.signboard} → {names[bureau.slug]}")
            for code, place in self.kitchens.items()
            if (bureau := self.bureau_of[code])
        ]
        others = [(f"{BUREAU}:{slug}", name) for slug, name in names.items()]
        self.fields["to"].choices = [
            *([(_("About my kitchen"), mine)] if mine else []),
            (_("Without a kitchen") if mine else _("Ask a bureau"), others),
        ]
        drafts = Credential.objects.filter(establishment__in=kitchens, state__in=BEFOREHAND)
        drafts = drafts.select_related("establishment", "staff_member").order_by("-pk")
        self.fields["paper"].queryset = drafts
        self.fields["paper"].label_from_instance = lambda row: f"{row.establishment.signboard} · {row}"
        if not drafts.exists():
            del self.fields["paper"]
        self.fields["text"].label = _("Your question")
        self.fields["text"].widget.attrs |= {"rows": 5, "placeholder": ""}
        self.fields["files"].help_text = FILES_HELP % {"most": MOST_FILES}

    def asked(self):
        """What the action takes. A draft's kitchen goes before what was chosen."""
        given = self.cleaned_data
        paper = given.get("paper")
        sort, _colon, name = given["to"].partition(":")
        place = paper.establishment if paper else self.kitchens[name] if sort == KITCHEN else None
        authority = bureau_of(place) if place else self.bureaus[name]
        return {**self.said(), "subject": given["subject"], "establishment": place, "authority": authority} | {
            "credential": paper
        }


CHANGES = [
    _("The photo is blurred or cut off. Please take it again in daylight, from straight above."),
    _("The last day of validity cannot be read. Please take the photo again."),
    _("A page is missing. Please send all pages."),
    _("The number differs from the paper."),
    _("The name differs from the paper."),
    _("The dates differ from the paper."),
    _("The items of business are missing: please write them as on the paper."),
]


class PrecheckForm(forms.Form):
    """What to change in a draft; nothing for one that looks fine."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(choices=[("fine", _("Looks fine, hand it in")), ("change", _("Please change"))])
    reasons = forms.MultipleChoiceField(label=_("What to change"), widget=forms.CheckboxSelectMultiple, required=False)
    words = forms.CharField(
        label=_("In your own words"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["form"] = uuid4()
        self.fields["reasons"].choices = [(str(index), words) for index, words in enumerate(CHANGES)]

    def text(self):
        chosen = [str(CHANGES[int(index)]) for index in self.cleaned_data["reasons"]]
        return "\n".join([*chosen, self.cleaned_data["words"]]).strip()


class HandOverForm(forms.Form):
    to: Any = forms.ModelChoiceField(queryset=None, label=_("Colleague"))
    note = forms.CharField(
        label=_("What your colleague has to know"),
        help_text=_("The office alone reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues


CLOSING = [
    _("The question is answered."),
    _("Please hand the paper in now; you can follow it on its page."),
    _("Another bureau is responsible for it."),
    _("There was no answer to our question for a while."),
]


class CloseForm(forms.Form):
    why = forms.ChoiceField(label=_("Why it ends"), required=False, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In your own words"), required=False, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = [(str(index), words) for index, words in enumerate(CLOSING)]
        self.initial["why"] = "0"

    def reason(self):
        why = self.cleaned_data["why"]
        return " ".join([str(CLOSING[int(why)]) if why else "", self.cleaned_data["words"]]).strip()


class CannedForm(forms.ModelForm):
    class Meta:
        model = CannedAnswer
        fields = ["authority", "title", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": MOST})}
        labels = {"authority": _("Authority")}

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = authorities
        self.fields["authority"].empty_label = None
        if self.instance.pk:
            del self.fields["authority"]
        elif len(authorities) == 1:
            self.fields["authority"].initial = authorities[0]

    def _post_clean(self):
        """The action checks the row whole; a form must not write into the instance before that."""


WRONG = {
    "form": _("Please write it like 08:30-12:00, 14:00-17:30; leave it empty on a day off."),
    "time": _("There is no such time of day. Please write it like 08:30-12:00."),
    "order": _("A time ends after it begins. Please look again."),
    "overlap": _("Two times of a day overlap, or stand in the wrong order."),
    "many": _("At most four times a day."),
}


class HoursForm(forms.Form):
    """Seven lines, Monday first."""

    DAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]

    def __init__(self, *args, week, **kwargs):
        super().__init__(*args, **kwargs)
        for number, name in enumerate(self.DAYS):
            self.fields[f"day{number}"] = forms.CharField(
                label=name, required=False, max_length=80, initial=office_time.written(week[number])
            )

    def clean(self):
        cleaned = super().clean()
        for name in list(cleaned or {}):
            try:
                cleaned[name] = office_time.parse(cleaned[name])
            except office_time.BadTimes as error:
                self.add_error(name, WRONG[str(error)])
        return cleaned

    def week(self):
        return [self.cleaned_data[f"day{number}"] for number in range(7)]
