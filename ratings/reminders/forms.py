from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection

from .models import About, Commitment, Reminder

VISITS = 10  # the newest, to choose the one that found it


def day(label, **kwargs):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


class RemindForm(forms.Form):
    about = forms.ChoiceField(label=_("Matter"), choices=About.choices)
    document_number = forms.CharField(label=_("Document number"), max_length=60)
    says = forms.CharField(label=_("What has to be mended"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    mend_by = day(_("To be mended by the end of"))
    served_on = day(_("Served on"), initial=timezone.localdate)
    method = forms.ChoiceField(label=_("Method of service"), choices=Reminder.Method.choices)
    service_note = forms.CharField(label=_("Who received it, where"), max_length=500)

    def __init__(self, *args, establishment, **kwargs):
        super().__init__(*args, **kwargs)
        visits = Inspection.objects.closed().filter(establishment=establishment).order_by("-visited_at")[:VISITS]
        self.visits = {str(visit.pk): visit for visit in visits}
        self.fields["inspection"] = forms.ChoiceField(
            label=_("Found at a visit (optional)"),
            choices=[
                ("", _("No visit")),
                *(
                    (pk, f"{timezone.localtime(visit.visited_at):%Y-%m-%d} {visit.get_result_display()}")
                    for pk, visit in self.visits.items()
                ),
            ],
            required=False,
        )

    def clean_inspection(self):
        return self.visits.get(self.cleaned_data["inspection"])


class EndForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Reminder.Outcome.choices, widget=forms.RadioSelect)
    why = forms.CharField(label=_("What was seen, or why it is taken back"), max_length=500)


class BindForm(forms.Form):
    about = forms.ChoiceField(label=_("Bound to"), choices=About.choices, initial=About.CAMERA)
    binding = forms.ChoiceField(label=_("By what"), choices=Commitment.Binding.choices, widget=forms.RadioSelect)
    document_number = forms.CharField(label=_("Number of the commitment, or the article"), max_length=60)
    signed_on = day(_("Signed or in force on"), initial=timezone.localdate)
    file = forms.FileField(label=_("The signed paper (photo or PDF, optional)"), required=False)


class ReleaseForm(forms.Form):
    why = forms.CharField(label=_("Why it binds no longer"), max_length=500)
