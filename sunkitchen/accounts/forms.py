"""What people type at the door. Rate limits live here, before anything is sent or compared."""

from typing import Any

from allauth.account.forms import (
    ConfirmPasswordResetCodeForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import mobile
from .adapter import TOO_MANY, client_ip


class MobileForm(forms.Form):
    mobile = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "num"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_mobile(self) -> str:
        number = mobile_number(self.cleaned_data["mobile"])
        if not may_send_code(self.request, number):
            raise forms.ValidationError(TOO_MANY)
        return number


def mobile_number(text: str) -> str:
    """What was typed, as it is kept. ValidationError when it is no number."""
    try:
        return mobile.normal(text)
    except ValueError:
        raise forms.ValidationError(
            _("Please enter a mobile number of 11 digits, or with + and the country code.")
        ) from None


def may_send_code(request: HttpRequest, address: str) -> bool:
    """Whether one more code may go to this number or email, asked for from here."""
    return (
        ratelimit.consume(request, action="send_code")
        and ratelimit.consume(request, action="send_code_from_here", key=f"{address} {client_ip(request)}")
        and ratelimit.consume(request, action="send_code_to_number", key=address)
    )


class EmptyAgain(forms.TextInput):
    """A wrong code is not shown again: on a phone it would have to be deleted first."""

    def format_value(self, value: Any) -> None:
        return None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=20,
        widget=EmptyAgain(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "class": "num short"}
        ),
    )


class FactorForm(forms.Form):
    """Six digits from the app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=20,
        widget=EmptyAgain(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "class": "num short"}
        ),
    )


class AgainForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(sign.isalpha() for sign in name):
            raise forms.ValidationError(_("Please enter your name as on your identity card."))
        return name


def _plain(field: forms.Field, label: Any, **attrs: Any) -> None:
    """Our label, above the field; allauth's placeholder and help go."""
    field.label = label
    field.help_text = ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class PasswordForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
        )
        _plain(self.fields["password"], _("Password"))
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        return self.cleaned_data["login"].strip().lower()  # one spelling, or a lock-out could be spelled around


class ForgottenForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("Email address"), autocomplete="email")


class ResetCodeForm(ConfirmPasswordResetCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = EmptyAgain(attrs={"autocomplete": "one-time-code"})
        _plain(self.fields["code"], _("Code from the email"), **{"class": "num short", "autofocus": True})


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], _("New password"))
        self.fields["password1"].help_text = " ".join(map(str, password_validators_help_texts()))
        _plain(self.fields["password2"], _("New password, once more"))
