from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.actions import inspectors_of
from sunkitchen.registry.models import Establishment

from .models import Sample

YES_NO = [("yes", _("Intact")), ("no", _("Broken"))]


def day(label, **kwargs):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def moment(label):
    return forms.DateTimeField(
        label=label,
        initial=lambda: timezone.localtime().replace(second=0, microsecond=0),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class TakeForm(forms.Form):
    """On a phone, beside the open fridge: what, how much, which seal, and who is with me."""

    product = forms.CharField(label=_("Product"), max_length=100)
    batch = forms.CharField(label=_("Batch or date (optional)"), max_length=60, required=False)
    quantity = forms.CharField(label=_("Quantity taken"), max_length=60, help_text=_("For example: 3 × 250 g"))
    seal = forms.CharField(label=_("Seal number"), max_length=60)
    retained = forms.CharField(
        label=_("Counter-sample kept at (optional)"),
        help_text=_("Without a counter-sample nothing can be tested again."),
        max_length=100,
        required=False,
    )
    second = forms.ChoiceField(label=_("Second officer"))
    taken_at = moment(_("Taken at"))

    def __init__(self, *args, establishment: Establishment, officer, **kwargs):
        super().__init__(*args, **kwargs)
        self.officers = {str(p.user_id): p.user for p in inspectors_of(establishment) if p.user_id != officer.pk}
        self.suppliers = {str(row.pk): row for row in establishment.suppliers.filter(ended_at=None).order_by("name")}
        self.fields["second"] = forms.ChoiceField(
            label=_("Second officer"), choices=[(pk, str(user)) for pk, user in self.officers.items()]
        )
        self.fields["supplier"] = forms.ChoiceField(
            label=_("Supplier (optional)"),
            choices=[("", _("Not known")), *((pk, row.name) for pk, row in self.suppliers.items())],
            required=False,
        )
        self.order_fields(["product", "batch", "quantity", "seal", "retained", "supplier", "second", "taken_at"])

    def clean_second(self):
        return self.officers[self.cleaned_data["second"]]

    def clean_supplier(self):
        return self.suppliers.get(self.cleaned_data["supplier"])


class HandOverForm(forms.Form):
    giver = forms.ChoiceField(label=_("Handed over by"))
    taker = forms.CharField(label=_("Taken over by"), max_length=100)
    seal_intact = forms.TypedChoiceField(
        label=_("The seal"), choices=YES_NO, coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    handed_at = moment(_("When"))
    note = forms.CharField(label=_("Note (optional)"), max_length=500, required=False)

    def __init__(self, *args, holders, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["giver"] = forms.ChoiceField(
            label=_("Handed over by"), choices=[(name, name) for name in dict.fromkeys(holders)]
        )
        self.order_fields(["laboratory", "giver", "taker", "seal_intact", "handed_at", "note"])


class ReceiveForm(HandOverForm):
    laboratory = forms.CharField(label=_("Laboratory"), max_length=100)


class ReportForm(forms.Form):
    number = forms.CharField(label=_("Report number"), max_length=60)
    issued_on = day(_("Issued on"), initial=timezone.localdate)
    conforms = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Conforms")), ("no", _("Does not conform"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=_("If not: item, value and limit"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    file = forms.FileField(label=_("The report (photo or PDF, optional)"), required=False)


class RetestForm(ReportForm):
    laboratory = forms.CharField(label=_("The other laboratory"), max_length=100)

    field_order = ("laboratory", "number", "issued_on", "conforms", "findings", "file")


class ServeForm(forms.Form):
    method = forms.ChoiceField(label=_("Method of service"), choices=Sample.Method.choices)
    served_on = day(_("Served on"), initial=timezone.localdate)
    note = forms.CharField(label=_("Who received it, where"), max_length=500)


class ContestForm(forms.Form):
    why = forms.CharField(
        label=_("Why do you contest the result?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Why it does not count"), max_length=500)
