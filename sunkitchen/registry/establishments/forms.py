import re
import unicodedata

from django import forms
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from ..fields import UsccField
from . import coordinates, divisions
from .models import Establishment
from .week import WeekForm

ELSEWHERE = "other"
PHONE = re.compile(r"[+(]?\d[\d\s()/-]{3,}(?:(?:转|ext\.?|x|#)\s*\d{1,6})?", re.IGNORECASE)


def degrees(example):
    return forms.TextInput(attrs={"class": "num short", "inputmode": "decimal", "placeholder": example})


class EstablishmentForm(WeekForm, forms.ModelForm):
    """A kitchen's facts. `facts()` is what the actions take. The map point is shown in the system it was given in."""

    place = forms.ChoiceField(label=_("City or county"))
    cuisines = forms.MultipleChoiceField(
        label=_("Cuisines"),
        choices=Establishment.Cuisine.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    latitude = forms.CharField(label=_("Latitude"), max_length=24, required=False, widget=degrees("28.136215"))
    longitude = forms.CharField(label=_("Longitude"), max_length=24, required=False, widget=degrees("121.231474"))
    coordinates = forms.ChoiceField(
        label=_("Where the numbers come from"),
        choices=[
            ("gcj02", _("Amap, Tencent or another map in China (GCJ-02)")),
            ("bd09", _("Baidu map (BD-09)")),
            ("wgs84", _("GPS, or this phone (WGS-84)")),
        ],
        required=False,
    )
    same_hours = forms.BooleanField(label=_("The same hours every day as on Monday"), required=False)

    POINT = ("latitude", "longitude", "coordinates")
    field_order = ["signboard", "operator_name", "uscc", "category", "place", "division", "address", "phone"]

    class Meta:
        model = Establishment
        fields = ["signboard", "operator_name", "uscc", "category", "division", "address", "phone"]
        help_texts = {
            "signboard": _("As on the sign above the door: diners look for this name."),
            "operator_name": _("As on the business licence."),
            "uscc": _("18 characters, on the business licence. You can add it later."),
            "division": _("Only when your place is not in the list: 6 digits, GB/T 2260."),
            "phone": _("Shown on the kitchen's page. Leave it empty if you don't want that."),
        }
        field_classes = {"uscc": UsccField}
        widgets = {
            "division": forms.TextInput(attrs={"class": "num short", "inputmode": "numeric"}),
            "phone": forms.TextInput(attrs={"type": "tel", "class": "short"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = divisions.choices(get_language_info(get_language() or "zh-hans")["code"])
        self.fields["place"].choices = [*known, (ELSEWHERE, _("Another place"))]
        self.fields["category"].choices = [("", _("Please choose")), *Establishment.Category.choices]
        self.fields["division"].required = False
        self.fields["division"].label = _("Division code")
        self.add_week(self.instance.hours)
        here = self.instance.division if self.instance.pk else (known[0][0] if len(known) == 1 else "")
        if here and here not in dict(known):
            self.initial["place"] = ELSEWHERE
        else:
            self.initial["place"] = here
            self.initial["division"] = ""
        self.initial["cuisines"] = self.instance.cuisines
        if self.instance.latitude is not None:
            system = self.instance.coordinates
            point = coordinates.from_wgs84(float(self.instance.latitude), float(self.instance.longitude), system)
            self.initial.update(latitude=f"{point[0]:.6f}", longitude=f"{point[1]:.6f}", coordinates=system)
        if self.instance.pk and self.instance.state != Establishment.State.REGISTERED:
            del (
                self.fields["place"],
                self.fields["division"],
                self.fields["operator_name"],
            )  # an open kitchen keeps them
            if self.instance.uscc:
                del self.fields["uscc"]

    def fact_fields(self):
        apart = ("hours_", "same_", "cuisines", *self.POINT)
        return [field for field in self.visible_fields() if not field.name.startswith(apart)]

    def clean_phone(self):
        """As people write it: blanks, dashes, brackets, an extension. Guests press it to call."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["phone"]).strip()
        if text and not PHONE.fullmatch(text):
            raise forms.ValidationError(_("Please write a phone number in digits, for example 0576-88880000."))
        return text

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("place") == ELSEWHERE:
            if not cleaned.get("division"):
                self.add_error("division", _("Please write the division code, or choose your city above."))
        elif cleaned.get("place"):
            cleaned["division"] = cleaned["place"]
        week = self.cleaned_week(cleaned)
        cleaned["hours"] = week if any(week) else []
        self._clean_point(cleaned)
        return cleaned

    def _clean_point(self, cleaned):
        """Numbers as people copy them: both in one field, full-width, with a degree sign."""
        given = [name for name in ("latitude", "longitude") if cleaned.get(name)]
        pair = re.split(r"[,，;\s]+", cleaned.get(given[0], "").strip()) if len(given) == 1 else []
        if len(pair) == 2:
            cleaned["latitude"], cleaned["longitude"] = pair
            given = ["latitude", "longitude"]
        for name in given:
            text = unicodedata.normalize("NFKC", cleaned[name]).replace("°", "").strip()
            try:
                cleaned[name] = float(text)
            except ValueError:
                self.add_error(name, _("Please write degrees as a number, for example 28.136215."))
        north, east = cleaned.get("latitude"), cleaned.get("longitude")
        if isinstance(north, float) and isinstance(east, float) and abs(north) > 90 >= abs(east):
            cleaned["latitude"], cleaned["longitude"] = east, north  # map tools in China copy longitude first
        if len(given) == 1:
            missing = "longitude" if given[0] == "latitude" else "latitude"
            self.add_error(missing, _("A map point has both a latitude and a longitude."))

    def _post_clean(self):
        """The action checks the row whole; a form must not write into the instance before that."""

    def facts(self):
        names = {"signboard", "operator_name", "uscc", "category", "division", "address", "phone", "hours", "cuisines"}
        facts = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in names and (name != "division" or "division" in self.fields)
        }
        if set(self.changed_data) & set(self.POINT):  # untouched, the point stays to the last digit
            point = {name: self.cleaned_data[name] for name in ("latitude", "longitude")}
            system = self.cleaned_data["coordinates"] if point["latitude"] != "" else ""
            facts |= {**point, "coordinates": system}
        return facts


class ClosingForm(forms.Form):
    """Why a kitchen closes; `required` for officers."""

    reason = forms.CharField(label=_("Why it closes"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, required, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        if not required:
            self.fields["reason"].help_text = _("For your records; the public page says only that it closed.")
