from django import forms
from django.utils.translation import gettext_lazy as _

from .tables import BadTables, parse


class TablesForm(forms.Form):
    """Table names, one a line or as a range; `cleaned_data["tables"]` is a list of them."""

    tables = forms.CharField(
        label=_("Tables"),
        help_text=_("One a line, or a range: 1-20, A1-A8. A name has at most 20 characters."),
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "1-20"}),
        strip=False,
    )

    def clean_tables(self):
        try:
            return parse(self.cleaned_data["tables"])
        except BadTables as error:
            raise forms.ValidationError(str(error)) from None
