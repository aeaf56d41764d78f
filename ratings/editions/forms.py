from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Listing, Service


def day(label, **kwargs):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def today():
    return timezone.localdate()


class DraftForm(forms.Form):
    authority = forms.ChoiceField(label=_("Authority"))
    period_from = day(_("Period from"))
    period_to = day(_("Period to"))

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.authorities = {str(authority.pk): authority for authority in authorities}
        self.fields["authority"] = forms.ChoiceField(
            label=self.fields["authority"].label,
            choices=[(pk, str(authority)) for pk, authority in self.authorities.items()],
        )

    def clean_authority(self):
        return self.authorities[self.cleaned_data["authority"]]


class PickForm(forms.Form):
    kitchen = forms.SlugField(widget=forms.HiddenInput)
    colour = forms.ChoiceField(choices=Listing.Colour.choices, widget=forms.HiddenInput)
    rule = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason, without names"), max_length=500)
    document_number = forms.CharField(label=_("Number of the served document"), max_length=60, required=False)


class NoticeForm(forms.Form):
    pass


class ServiceForm(forms.Form):
    method = forms.ChoiceField(label=_("Method of service"), choices=Service.Method.choices)
    served_on = day(_("Served on"), initial=today)
    note = forms.CharField(label=_("Who received it, where"), max_length=500, required=False)
    proof = forms.FileField(label=_("Proof of service (photo or PDF)"), required=False)


class WaiverForm(forms.Form):
    waived_on = day(_("Waived on"), initial=today)
    statement = forms.CharField(label=_("What the operator stated"), max_length=500)
    proof = forms.FileField(label=_("Signed statement (photo or PDF)"), required=False)


class ObjectionForm(forms.Form):
    statement = forms.CharField(
        label=_("Objection"),
        help_text=_("If the listing stands, these words stand beside it in public. Please name no persons."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("uphold", _("The listing stands")), ("overturn", _("The listing is taken off"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to the operator"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DropForm(forms.Form):
    why = forms.CharField(label=_("Why it is taken off"), max_length=500)
