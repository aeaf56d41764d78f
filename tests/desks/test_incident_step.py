"""An open incident is the next thing to do on the owner's desk, until it is answered or over."""

import pytest
from django.utils import timezone

from tests import builders

pytestmark = pytest.mark.django_db


def test_the_owner_is_led_to_an_open_incident_until_it_is_answered(client, restaurant, wang):
    incident = builders.incident(builders.camera(restaurant))
    client.force_login(wang)
    page = client.get("/en/desk/").content.decode()
    assert f"/desk/kitchens/{restaurant.code}/incidents/" in page and "machine" in page
    incident.answered_at = timezone.now()
    incident.save()
    assert f"/desk/kitchens/{restaurant.code}/incidents/" not in client.get("/en/desk/").content.decode()
