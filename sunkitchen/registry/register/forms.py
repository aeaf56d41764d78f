from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..tables.reading import MOST_BYTES


class BringForm(forms.Form):
    """The register's file, and whose register it is where an officer serves several."""

    file = forms.FileField(
        label=_("The register's file"),
        help_text=_("CSV or .xlsx, up to 50 MB and 200,000 lines. Columns in any order."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
    )

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.authorities = {str(row.pk): row for row in authorities}
        if len(self.authorities) > 1:
            english = (get_language() or "").startswith("en")
            names = [(pk, (english and row.name_en) or row.name) for pk, row in self.authorities.items()]
            self.fields["authority"] = forms.ChoiceField(label=_("Whose register"), choices=names)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Please split it, for example by town."))
        return file

    def authority(self):
        pk = self.cleaned_data.get("authority") or next(iter(self.authorities))
        return self.authorities[pk]
