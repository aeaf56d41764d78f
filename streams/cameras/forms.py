"""What an owner types about a camera. Passwords go in and never come out again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.registry.establishments.week import WeekForm

from . import actions, masks
from .actions import MAX_CREDENTIAL
from .models import Camera


class _AddressFields(forms.Form):
    zone = forms.ChoiceField(
        label=_("What the camera shows"),
        choices=Camera.Zone,
        help_text=_(
            "Only where food is prepared. Private dining rooms, changing rooms, rest rooms, offices, tills and guests' "
            "seats may not be shown, and sound is never carried. A sign must tell people that they are filmed."
        ),
    )
    # The length is judged by the action, with a sentence of its own; this only keeps novels out.
    url = forms.CharField(
        label=_("Camera address"),
        required=False,
        max_length=5000,
        help_text=_("Begins with rtsp:// or rtsps://. Leave it empty for a box or a phone that sends."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    user = forms.CharField(
        label=_("Camera user name"),
        required=False,
        max_length=MAX_CREDENTIAL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Camera password"),
        required=False,
        max_length=MAX_CREDENTIAL,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown again."),
    )


class AddForm(_AddressFields):
    source = forms.ChoiceField(
        label=_("How the picture comes"),
        choices=Camera.Source,
        initial=Camera.Source.RTSP,
        widget=forms.RadioSelect,
    )
    field_order = ["zone", "source", "url", "user", "password"]


class ChangeForm(_AddressFields):
    """Empty fields leave the address and its password as they are."""

    sub_url = forms.CharField(
        label=_("Address of the smaller stream"),
        required=False,
        max_length=5000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Most cameras send a second, smaller picture: guests on mobile data then use less of it. User name and "
            "password are the same, unless the address names others."
        ),
    )
    no_sub = forms.BooleanField(label=_("Use no smaller stream any more"), required=False)
    start_seconds = forms.IntegerField(
        label=_("Seconds until the first picture"),
        required=False,
        min_value=actions.START_LEAST,
        max_value=actions.START_MOST,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
        help_text=_("For a camera that is slow to start: 5 to 60. Leave it empty for what is usual."),
    )
    ASIDE = ("sub_url", "no_sub", "start_seconds")

    def __init__(self, *args, camera: Camera, **kwargs):
        kwargs["initial"] = {"zone": camera.zone, "start_seconds": camera.start_seconds}
        super().__init__(*args, **kwargs)
        if camera.is_sent:
            for name in ("url", "user", "password", *self.ASIDE):
                del self.fields[name]
            return
        self.fields["url"].help_text = _("Leave it empty to keep the address that is saved.")
        self.fields["url"].widget.attrs["placeholder"] = camera.address
        if camera.sub_address:
            self.fields["sub_url"].widget.attrs["placeholder"] = camera.sub_address
        else:
            del self.fields["no_sub"]

    def main_fields(self):
        return [field for field in self.visible_fields() if field.name not in self.ASIDE]

    def aside_fields(self):
        return [field for field in self.visible_fields() if field.name in self.ASIDE]

    def aside_is_open(self):
        return any(field.errors or field.value() for field in self.aside_fields())


class HoursForm(WeekForm, forms.Form):
    """When the camera is shown: a week as the kitchen's hours are written, or one of two short ways."""

    what = forms.ChoiceField(choices=[("save", "save"), ("kitchen", "kitchen"), ("always", "always")], required=False)
    same_hours = forms.BooleanField(label=_("The same hours every day as on Monday"), required=False)

    def __init__(self, *args, camera: Camera, **kwargs):
        super().__init__(*args, **kwargs)
        self.kitchen = camera.establishment.hours
        self.add_week(camera.hours)

    def clean(self):
        cleaned = super().clean()
        what = str(cleaned.get("what") or "")
        if what in ("kitchen", "always"):
            self.errors.clear()  # of the days, which do not count then
            cleaned["week"] = self.kitchen if what == "kitchen" else []
            return cleaned
        cleaned["week"] = self.cleaned_week(cleaned)
        return cleaned


class OffForm(forms.Form):
    """A common reason is one tap; words of one's own may stand beside it, or alone."""

    COMMON = {
        "cleaning": _("Closed for cleaning"),
        "repair": _("Camera or network under repair"),
        "works": _("Building works"),
        "person": _("Somebody at work asked not to be filmed"),
        "holiday": _("Closed for a while"),
    }
    why = forms.ChoiceField(
        label=_("Why it is switched off"), choices=COMMON.items(), widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(label=_("In your words"), max_length=400, required=False)

    def clean(self):
        cleaned = super().clean()
        common = str(self.COMMON.get(cleaned.get("why", ""), ""))
        whole = " · ".join(text for text in (common, cleaned.get("reason", "")) if text)
        if not whole and not self.errors:
            self.add_error("why", _("Say why the camera is switched off."))
        cleaned["reason"] = whole
        return cleaned


class MaskForm(forms.Form):
    """What the editor drew; or, without it, which masks stay, and rectangles in percent of the picture."""

    PLAIN = 2  # rectangles that are added at a time without the editor
    drawn = forms.CharField(
        required=False, max_length=masks.LONGEST, widget=forms.HiddenInput(attrs={"data-drawn": ""})
    )
    hide_objectors = forms.BooleanField(
        label=_("I vouch that the masks hide whoever withdrew consent, wherever they work in this picture"),
        required=False,
    )

    def __init__(self, *args, camera: Camera, **kwargs):
        kwargs["initial"] = {"hide_objectors": camera.masks_hide_objectors}
        super().__init__(*args, **kwargs)
        self.masks = camera.masks
        for index in range(len(self.masks)):
            self.fields[f"stays_{index}"] = forms.BooleanField(required=False, initial=True)
        for index in range(self.PLAIN):
            for name, label in (("x", _("From the left")), ("y", _("From the top"))):
                self.fields[f"{name}_{index}"] = self._percent(label)
            for name, label in (("width", _("Width")), ("height", _("Height"))):
                self.fields[f"{name}_{index}"] = self._percent(label)

    @staticmethod
    def _percent(label):
        return forms.FloatField(
            label=label,
            required=False,
            min_value=0,
            max_value=100,
            widget=forms.NumberInput(attrs={"class": "short", "inputmode": "decimal", "step": "any", "max": 100}),
        )

    def shown(self):
        """Of each mask that is saved: whether it stays, and where it lies, in percent."""
        found = []
        for index, polygon in enumerate(self.masks):
            xs, ys = ([corner[axis] / 10 for corner in polygon] for axis in (0, 1))
            found.append(
                {"field": self[f"stays_{index}"], "x": min(xs), "y": min(ys), "to_x": max(xs), "to_y": max(ys)}
            )
        return found

    def rows(self):
        return [[self[f"{name}_{index}"] for name in ("x", "y", "width", "height")] for index in range(self.PLAIN)]

    def wanted(self):
        """What is to be masked. Refused for what cannot be read."""
        if self.cleaned_data.get("drawn"):
            return masks.read(self.cleaned_data["drawn"])
        found = [polygon for index, polygon in enumerate(self.masks) if self.cleaned_data[f"stays_{index}"]]
        for index in range(self.PLAIN):
            x, y, width, height = (self.cleaned_data[f"{name}_{index}"] for name in ("x", "y", "width", "height"))
            if width and height:
                found.append(masks.rectangle(x or 0, y or 0, width, height))
        return found
