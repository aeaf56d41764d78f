import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class TableForm(forms.Form):
    """The table's file. `form` makes sure that a double tap brings it once."""

    file = forms.FileField(
        label=_("The table"),
        allow_empty_file=True,  # the action says what is wrong with it
        help_text=_("CSV or .xlsx, up to 5 MB and 2,000 lines. Columns in any order."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"form": uuid.uuid4()}, **kwargs)
