from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Photo


class PhotoForm(forms.Form):
    picture = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, up to 20 MB. No guests, please, and no faces without their consent."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    subject = forms.ChoiceField(label=_("What it shows"), choices=Photo.Subject.choices, widget=forms.RadioSelect)


class RemovalForm(forms.Form):
    reason = forms.CharField(label=_("Why it has to go"), max_length=200, required=False)
