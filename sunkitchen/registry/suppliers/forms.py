import uuid
from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from ..fields import UsccField
from ..uploads.forms import HeldFilesField
from .actions import MOST_LINES
from .models import DeliveryLine, Supplier

LATE_DAYS = 60
DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"]


def day(**kwargs):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, input_formats=DAYS, **kwargs)


class DeliveryForm(forms.Form):
    """A delivery without its lines. `late` is asked only for a day long gone: mostly a slip of the finger."""

    supplier = forms.ChoiceField(label=_("Supplier"), required=False)
    new_supplier = forms.CharField(label=_("Or a new supplier"), max_length=100, required=False)
    received_on = day(label=_("Received on"))
    late = forms.BooleanField(label=_("Yes, it came more than 60 days ago"), required=False)
    pictures = HeldFilesField(
        label=_("Photos of the papers that came with it"),
        help_text=_("Certificates, quarantine papers, delivery notes: up to 6, photos or PDF."),
        required=False,
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, place, today, initial=None, **kwargs):
        super().__init__(*args, initial={"received_on": today, "form": uuid.uuid4(), **(initial or {})}, **kwargs)
        self.today = today
        self.known = {str(row.pk): row for row in place.suppliers.filter(ended_at=None).order_by("name")}
        choices = [(pk, row.name) for pk, row in self.known.items()]
        self.fields["supplier"].choices = [("", _("Please choose")), *choices]
        if not choices:
            self.fields["supplier"].widget = forms.HiddenInput()
            only = self.fields["new_supplier"]
            only.label, only.required = _("Supplier"), True  # or it would be called optional
            only.error_messages["required"] = _("Please choose the supplier, or write a new one's name.")
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        self.asks_late = False

    def clean(self):
        cleaned = super().clean()
        if self.known and not (cleaned.get("new_supplier") or cleaned.get("supplier") or "supplier" in self.errors):
            self.add_error("supplier", _("Please choose the supplier, or write a new one's name."))
        received = cleaned.get("received_on")
        if received and received > self.today:
            self.add_error("received_on", _("This day is yet to come. Please enter a delivery when it has arrived."))
        elif received and received < self.today - timedelta(days=LATE_DAYS):
            self.asks_late = True
            if not cleaned.get("late"):
                self.add_error("late", _("This is long ago. Is the year right? If so, please confirm."))
        return cleaned

    def source(self):
        """The Supplier, or a new one's name."""
        return self.cleaned_data["new_supplier"] or self.known[self.cleaned_data["supplier"]]


class LineForm(forms.Form):
    goods = forms.ChoiceField(label=_("Kind of goods"), choices=[("", _("Please choose")), *DeliveryLine.Goods.choices])
    product = forms.CharField(label=_("Product"), max_length=60, widget=forms.TextInput(attrs={"list": "products"}))
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )
    unit = forms.CharField(label=_("Unit"), max_length=10, widget=forms.TextInput(attrs={"list": "units"}))
    proof = forms.ChoiceField(label=_("Proof"), choices=[("", _("Please choose")), *DeliveryLine.Proof.choices])
    batch = forms.CharField(label=_("Batch or production date"), max_length=40, required=False)
    use_by = day(label=_("Use by"), required=False)

    def has_changed(self):
        """Kind, unit and proof are copied from the line above: alone they are no line."""
        return bool({"product", "quantity", "batch", "use_by"} & set(self.changed_data))

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        if quantity <= 0:
            raise forms.ValidationError(_("A quantity is more than nothing."))
        return quantity


class BaseLines(forms.BaseFormSet):
    default_error_messages = {"missing_management_form": _("Please write at least one product that came.")}

    def initial_form_count(self):
        # A line that was filled in from last time may be emptied again: none is owed.
        return 0 if self.is_bound else super().initial_form_count()

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "use_required_attribute": False}

    def clean(self):
        if not any(form.has_changed() for form in self.forms):
            raise forms.ValidationError(_("Please write at least one product that came."))


Lines = forms.formset_factory(
    LineForm, formset=BaseLines, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def typed_lines(posted):
    """Lines as they were typed, right or wrong: to show them again with one more."""
    total = posted.get("lines-TOTAL_FORMS", "")
    count = min(int(total), MOST_LINES) if total.isascii() and total.isdigit() and len(total) < 5 else 0
    rows = [{name: posted.get(f"lines-{index}-{name}", "") for name in LineForm.base_fields} for index in range(count)]
    return [row for row in rows if row["product"] or row["quantity"]]


class SupplierForm(forms.ModelForm):
    class Meta:
        model = Supplier
        fields = ["name", "uscc", "permit", "licence_through", "phone"]
        help_texts = {
            "uscc": _("18 characters, on the business licence."),
            "permit": _("Of its food permit, or its production licence."),
            "phone": _("For you and the authority; never shown to the public."),
        }
        field_classes = {"uscc": UsccField}
        widgets = {
            "permit": forms.TextInput(attrs={"class": "num", "spellcheck": "false"}),
            "phone": forms.TextInput(attrs={"type": "tel", "class": "short"}),
        }

    picture = HeldFilesField(
        label=_("Picture of its licence or permit"), help_text=_("A photo or a PDF, up to 20 MB."), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["licence_through"] = day(label=_("Valid through"), required=False)

    def facts(self):
        """As the actions take them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "picture"}

    def _post_clean(self):
        """The action checks the row whole; a form must not write into the instance before that."""


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Why the entry is wrong"), max_length=200)
