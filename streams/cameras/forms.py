"""What an owner types about a camera. Passwords go in and never come out again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .actions import MAX_CREDENTIAL
from .models import Camera


class _AddressFields(forms.Form):
    zone = forms.ChoiceField(
        label=_("What it shows"),
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

    def __init__(self, *args, camera: Camera, **kwargs):
        kwargs["initial"] = {"zone": camera.zone}
        super().__init__(*args, **kwargs)
        if camera.is_sent:
            for name in ("url", "user", "password"):
                del self.fields[name]
        else:
            self.fields["url"].help_text = _("Leave it empty to keep the address that is saved.")
            self.fields["url"].widget.attrs["placeholder"] = camera.address


class OffForm(forms.Form):
    reason = forms.CharField(label=_("Why it is switched off"), max_length=500)
