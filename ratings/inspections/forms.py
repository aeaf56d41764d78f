"""The forms of a visit: to begin it, to fill in its checklist, and to send a photo of it."""

from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.words import spoken

from .actions import MOST_HEADS, inspectors_of
from .checklists import Checklist
from .models import Inspection

WHOLE = "whole"  # where a photo is of no single item


class BeginForm(forms.Form):
    """Who comes along, when, and why."""

    second = forms.ChoiceField(label=_("Second officer"))
    kind = forms.ChoiceField(label=_("Kind of visit"), choices=Inspection.Kind.choices)
    visited_at = forms.DateTimeField(
        label=_("Time of the visit"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)  # sent twice, it begins one visit
    follows = forms.ModelChoiceField(Inspection.objects.none(), widget=forms.HiddenInput, required=False)

    def __init__(self, *args, establishment, officer, follows=None, **kwargs):
        initial = {"visited_at": timezone.localtime().replace(second=0, microsecond=0), "form": uuid4()}
        if follows:
            initial |= {"follows": follows.pk, "kind": Inspection.Kind.FOLLOW_UP}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.officers = {str(p.user_id): p.user for p in inspectors_of(establishment) if p.user_id != officer.pk}
        self.fields["second"] = forms.ChoiceField(
            label=self.fields["second"].label, choices=[(pk, str(user)) for pk, user in self.officers.items()]
        )
        self.fields["follows"].queryset = Inspection.objects.closed().filter(establishment=establishment)

    def clean_second(self):
        return self.officers[self.cleaned_data["second"]]


class ChecklistForm(forms.Form):
    """Three answers, a note and a photo for each item; who was at work; and the operator's signature at the end."""

    ANSWERS = [("ok", _("OK")), ("fail", _("Fails")), ("na", _("Not applicable"))]
    CLOSING = (
        *("signature", "signed_name", "refusal_note", "remark"),
        *("heads_on_duty", "heads_certified", "mend_by"),
    )

    heads_on_duty = forms.IntegerField(label=_("People at work"), min_value=0, max_value=MOST_HEADS, required=False)
    heads_certified = forms.IntegerField(
        label=_("Certificates seen"), min_value=0, max_value=MOST_HEADS, required=False
    )
    mend_by = forms.DateField(
        label=_("To be mended by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    remark = forms.CharField(
        label=_("Remarks"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    signature = forms.ChoiceField(
        label=_("Operator's signature"), choices=Inspection.Signature.choices, widget=forms.RadioSelect, required=False
    )
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=60, required=False)
    refusal_note = forms.CharField(label=_("If refused: what was said, who saw it"), max_length=500, required=False)
    signature_image = forms.FileField(required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy = forms.FloatField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, files=None, *, checklist: Checklist, answers: dict, photos=(), found=None):
        initial = {
            f"{part}-{code}": given.get(part, "") for code, given in answers.items() for part in ("answer", "note")
        }
        super().__init__(data, files, initial=initial)
        self.checklist = checklist
        self.photos_kept, self.found = list(photos), found or {}
        for item in checklist.items:
            self.fields[f"answer-{item.code}"] = forms.ChoiceField(
                label=spoken(item), choices=self.ANSWERS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note-{item.code}"] = forms.CharField(
                label=_("What was seen"),
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        for code in self._places:
            self.fields[f"photo-{code}"] = forms.FileField(
                label=_("Photo"),
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
            )
            # Sent twice by an impatient finger, a photo is there once.
            self.fields[f"key-{code}"] = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    @property
    def _places(self):
        return [*(item.code for item in self.checklist.items), WHOLE]

    def clean(self):
        for item in self.checklist.items:
            if self.cleaned_data.get(f"note-{item.code}") and not self.cleaned_data.get(f"answer-{item.code}"):
                self.add_error(f"answer-{item.code}", _("Please choose an answer too, or the note would be lost."))
        return super().clean()

    def rows(self):
        """What a card of the page shows of each item."""
        for item in self.checklist.items:
            yield {
                "item": item,
                "words": spoken(item),
                "answer": self[f"answer-{item.code}"],
                "note": self[f"note-{item.code}"],
                "found": self.found.get(item.code),
                **self._pictures(item.code, item.code),
            }

    def whole(self):
        """The pictures of the visit as a whole."""
        return self._pictures(WHOLE, "")

    def _pictures(self, code, item):
        return {
            "code": code,
            "photo": self[f"photo-{code}"],
            "key": self[f"key-{code}"],
            "kept": [photo for photo in self.photos_kept if photo.item == item],
        }

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        return {
            item.code: {
                "answer": self.cleaned_data[f"answer-{item.code}"],
                "note": self.cleaned_data[f"note-{item.code}"],
            }
            for item in self.checklist.items
            if self.cleaned_data.get(f"answer-{item.code}")
        }

    @property
    def photos(self):
        """(item's code, upload, key) of each picture that came along."""
        for code in self._places:
            if upload := self.cleaned_data.get(f"photo-{code}"):
                yield "" if code == WHOLE else code, upload, self.cleaned_data[f"key-{code}"] or uuid4()

    @property
    def place(self):
        """(latitude, longitude, accuracy), when the phone said all three."""
        place = tuple(self.cleaned_data[name] for name in ("latitude", "longitude", "accuracy"))
        return None if None in place else place

    @property
    def closing(self):
        return {name: self.cleaned_data[name] for name in self.CLOSING}


class PhotoForm(forms.Form):
    """One picture on its way from a phone."""

    key = forms.UUIDField()
    item = forms.CharField(max_length=40, required=False)
    taken_at = forms.DateTimeField(required=False)
    photo = forms.FileField()
