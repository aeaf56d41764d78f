from django import forms
from django.utils.translation import gettext_lazy as _

from .drafts import Schedule


class PickForm(forms.Form):
    proposal = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    rule = forms.CharField(label=_("Rule"), max_length=10, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason, without names"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    document_number = forms.CharField(label=_("Number of the served document"), max_length=60, required=False)
    do = "pick"

    def offer(self, rules):
        """The black rules that hold, to choose one; of red there is none and no document either."""
        if not rules:
            del self.fields["document_number"]
        elif len(rules) == 1:
            self.initial["rule"] = rules[0][0]
        else:
            self.fields["rule"].widget = forms.Select(choices=rules)


class AsideForm(forms.Form):
    proposal = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    why = forms.CharField(label=_("Why it is set aside"), max_length=500)
    do = "aside"


class AgainForm(forms.Form):
    do = "again"


class ScheduleForm(forms.Form):
    rhythm = forms.ChoiceField(label=_("How often"), choices=Schedule.Rhythm.choices)
    begins_on = forms.DateField(
        label=_("First period begins on"),
        help_text=_(
            "Weeks begin on Monday; months and quarters are those of the calendar. Two weeks count from this day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    hour = forms.IntegerField(label=_("Hour of publication"), min_value=0, max_value=23)
    paused = forms.BooleanField(label=_("Paused: no draft opens by itself"), required=False)
    of = 0  # id of the authority

    def __init__(self, *args, drafters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["drafter"] = forms.ModelChoiceField(label=_("Drafter"), queryset=drafters, empty_label=None)
        self.order_fields(["rhythm", "begins_on", "hour", "drafter", "paused"])
