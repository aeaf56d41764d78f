"""The door's addresses, under the names that allauth reverses. What is not named here of allauth is not routed."""

from django.urls import path

from . import address_views, again, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/mobile/", views.mobile, name="account_request_login_code"),
    path("sign-in/code/", views.code, name="account_confirm_login_code"),
    path("sign-in/second/", again.door, name="mfa_authenticate"),
    path("sign-in/again/", again.sign_in_again, name="sign_in_again"),
    path("account/second-factor/", again.factor, name="second_factor"),
    path("account/addresses/", address_views.addresses, name="addresses"),
    path("account/addresses/email/", address_views.new_email, name="email_new"),
    path("account/addresses/mobile/", address_views.new_mobile, name="mobile_new"),
    path("account/addresses/code/", address_views.address_code, name="address_code"),
    path("sign-in/forgotten/", views.forgotten, name="account_reset_password"),
    path("sign-in/forgotten/code/", views.forgotten_code, name="account_confirm_password_reset_code"),
    path("sign-in/forgotten/new/", views.new_password, name="account_complete_password_reset"),
    path("sign-up/", views.sign_up, name="account_signup"),
    path("sign-out/", views.sign_out, name="account_logout"),
]
