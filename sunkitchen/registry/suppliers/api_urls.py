"""Addresses for other systems: the same in every language."""

from django.urls import path

from . import api

urlpatterns = [path("api/ledger/v1/deliveries", api.deliveries, name="ledger_api")]
