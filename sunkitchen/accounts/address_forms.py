"""A new email or mobile number, as its holder types it. Limits are counted before anything is sent."""

from typing import Any, cast

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .adapter import TOO_MANY
from .forms import may_send_code, mobile_number
from .models import User

SAME = _("This is what you have already.")


class _AddressForm(forms.Form):
    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    def may_ask(self) -> bool:
        """Nobody sends codes to the whole town from one account."""
        return ratelimit.consume(self.request, action="change_address", key=str(self.person.pk))


class NewEmailForm(_AddressForm):
    address = forms.EmailField(
        label=_("New email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip().lower()  # one spelling, as at the door
        if address == (self.person.email or "").lower():
            raise forms.ValidationError(SAME)
        if not (self.may_ask() and may_send_code(self.request, address)):
            raise forms.ValidationError(TOO_MANY)
        return address


class NewMobileForm(_AddressForm):
    address = forms.CharField(
        label=_("New mobile number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "autofocus": True, "class": "num"}
        ),
    )

    def clean_address(self) -> str:
        number = mobile_number(self.cleaned_data["address"])
        if number == self.person.mobile:
            raise forms.ValidationError(SAME)
        if not (self.may_ask() and may_send_code(self.request, number)):
            raise forms.ValidationError(TOO_MANY)
        return number
