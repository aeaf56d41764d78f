"""Tests run side by side: what one of them empties or fills is nobody else's."""

import os

from django.conf import settings


def test_a_worker_has_a_folder_and_servers_of_its_own():
    """What was said for this process counts for its settings too: nobody read them before."""
    assert str(settings.VAR) == os.environ["SUNKITCHEN_VAR"]
    assert os.environ.get("REDIS_URL", "") == settings.REDIS_URL
