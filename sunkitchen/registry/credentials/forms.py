from django import forms
from django.utils.translation import gettext_lazy as _

from .. import numbers
from ..uploads.forms import ACCEPT, FilesField, FilesInput, HeldFilesField, TakesFiles
from .models import Credential

__all__ = ["ACCEPT", "FilesField", "FilesInput", "PaperForm", "SeenForm"]


NOT_FACTS = ("files", "uploads", "held", "endless")


class PaperForm(TakesFiles, forms.ModelForm):
    """A paper's fields and its pictures. `facts()` is what the actions take."""

    files = HeldFilesField(
        label=_("Photo or PDF"),
        help_text=_("A photo (iPhone's too) or a PDF, up to 20 MB each. All pages, straight and readable."),
        required=True,
    )

    endless = forms.BooleanField(label=_("The paper has no end date"), required=False)

    class Meta:
        model = Credential
        fields = ["number", "holder", "issuer", "items", "valid_from", "valid_through"]
        help_texts = {
            "items": _("As on the paper, for example hot food, cold food, raw food."),
            "valid_through": _("The last day that is written on the paper."),
        }
        widgets = {
            "number": forms.TextInput(attrs={"class": "num", "autocapitalize": "characters", "spellcheck": "false"}),
            "items": forms.Textarea(attrs={"rows": 2}),
            "valid_from": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "valid_through": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    field_order = ["files", "number", "holder", "issuer", "items", "valid_from", "valid_through", "endless"]

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        if self.instance.pk:
            self.fields["files"].required = not self.instance.pages.exists()
            if not self.fields["files"].required:
                self.fields["files"].label = _("New photo or PDF (replaces the old one)")
        number = self.fields["number"]
        # A number with blanks is longer than the stored one; its own rule says what is wrong with it.
        number.max_length = None
        number.validators = []
        number.widget.attrs.pop("maxlength", None)
        if kind == Credential.Kind.FOOD_PERMIT:
            number.help_text = _("JY and 14 digits.")
            number.widget.attrs["placeholder"] = "JY"
        if kind == Credential.Kind.BUSINESS_LICENCE:
            self.initial["endless"] = bool(self.instance.pk) and self.instance.valid_through is None
        else:
            del self.fields["endless"]
            self.fields["valid_through"].required = True
        if kind == Credential.Kind.HEALTH_CERTIFICATE:
            del self.fields["items"]
            self.fields["issuer"].help_text = _("The hospital or centre that made the check.")
            self.fields["valid_through"].help_text = _("One year after the check at most.")
        for name in ("valid_from", "valid_through"):
            self.fields[name].input_formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]

    def clean_number(self):
        text = self.cleaned_data["number"]
        try:
            if self.kind == Credential.Kind.FOOD_PERMIT:
                return numbers.food_permit(text)
            if self.kind == Credential.Kind.BUSINESS_LICENCE:
                return numbers.uscc(text)
        except numbers.BadNumber as error:
            raise forms.ValidationError(str(error)) from None
        if len(text) > 30:
            raise forms.ValidationError(_("A number has at most 30 characters."))
        return text

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("valid_from"), cleaned.get("valid_through")
        if cleaned.get("endless"):
            if end:
                self.add_error("valid_through", _("Either a last day or no end date: please look at the paper."))
        elif "endless" in self.fields and not end and "valid_through" not in self.errors:
            self.add_error("valid_through", _("Please write the last day, or say that the paper has no end date."))
        if start and end and end < start:
            self.add_error("valid_through", _("The paper ends before it begins. Please look at both dates again."))
        return cleaned

    def _post_clean(self):
        """The action checks the row whole; a form must not write into the instance before that."""

    def facts(self):
        return {name: value for name, value in self.cleaned_data.items() if name not in NOT_FACTS}


class SeenForm(forms.Form):
    """Which submission the clerk looked at: what was handed in anew meanwhile is not decided unseen."""

    seen = forms.DateTimeField(required=False)

    def clean(self):
        if self.is_bound and not self.cleaned_data.get("seen"):
            raise forms.ValidationError(_("Please open the paper again and look at it before you decide."))
        return super().clean()


class RevokeForm(forms.Form):
    document = forms.CharField(
        label=_("Document number"),
        max_length=60,
        help_text=_("Of the decision or the notice of cancellation that was served."),
    )
    words = forms.CharField(label=_("Why it ends"), max_length=130, widget=forms.Textarea(attrs={"rows": 2}))

    def reason(self):
        return f"{self.cleaned_data['words'].strip()}（{self.cleaned_data['document'].strip()}）"
