from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.words import spoken

from .actions import inspectors_of
from .checklists import Checklist
from .models import Inspection


class BeginForm(forms.Form):
    """Who comes along, when, and why."""

    second = forms.ChoiceField(label=_("Second officer"))
    kind = forms.ChoiceField(label=_("Kind of visit"), choices=Inspection.Kind.choices)
    visited_at = forms.DateTimeField(
        label=_("Time of the visit"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args, establishment, officer, **kwargs):
        kwargs.setdefault("initial", {"visited_at": timezone.localtime().replace(second=0, microsecond=0)})
        super().__init__(*args, **kwargs)
        self.officers = {str(p.user_id): p.user for p in inspectors_of(establishment) if p.user_id != officer.pk}
        self.fields["second"] = forms.ChoiceField(
            label=self.fields["second"].label, choices=[(pk, str(user)) for pk, user in self.officers.items()]
        )

    def clean_second(self):
        return self.officers[self.cleaned_data["second"]]


class ChecklistForm(forms.Form):
    """Three answers and a note for each item, and the operator's signature at the end."""

    ANSWERS = [("ok", _("OK")), ("fail", _("Fails")), ("na", _("Not applicable"))]

    signature = forms.ChoiceField(
        label=_("Operator's signature"), choices=Inspection.Signature.choices, widget=forms.RadioSelect, required=False
    )
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=60, required=False)
    refusal_note = forms.CharField(label=_("If refused: what was said, who saw it"), max_length=500, required=False)

    def __init__(self, data=None, *, checklist: Checklist, answers: dict):
        initial = {
            f"{part}-{code}": given.get(part, "") for code, given in answers.items() for part in ("answer", "note")
        }
        super().__init__(data, initial=initial)
        self.checklist = checklist
        for item in checklist.items:
            self.fields[f"answer-{item.code}"] = forms.ChoiceField(
                label=spoken(item), choices=self.ANSWERS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note-{item.code}"] = forms.CharField(label=_("What was seen"), max_length=500, required=False)

    def clean(self):
        for item in self.checklist.items:
            if self.cleaned_data.get(f"note-{item.code}") and not self.cleaned_data.get(f"answer-{item.code}"):
                self.add_error(f"answer-{item.code}", _("Please choose an answer too, or the note would be lost."))
        return super().clean()

    def rows(self):
        for item in self.checklist.items:
            yield {
                "item": item,
                "words": spoken(item),
                "answer": self[f"answer-{item.code}"],
                "note": self[f"note-{item.code}"],
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
