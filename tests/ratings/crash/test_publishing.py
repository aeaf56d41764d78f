"""Processes that publish are killed, doubled, cut off: what was acknowledged is there once, and the log verifies.

Process-crash tests 1, 2, 5 and 11 of the promises; real processes, real databases.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.real import servers

ROOT = Path(__file__).parent.parent.parent.parent


def played(tmp_path, *words):
    """What `scene` found in an installation of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUNKITCHEN_")}
    env = {
        **kept,
        "SUNKITCHEN_VAR": str(tmp_path),
        "SUNKITCHEN_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "DJANGO_SETTINGS_MODULE": "sunkitchen.settings",
        **servers.room(tmp_path),
    }
    command = [sys.executable, "-m", "tests.ratings.crash.scene", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_anywhere_forty_times_every_edition_is_published_exactly_once(tmp_path):
    found = played(tmp_path, "kills", "40")
    assert found["published"] == 40
    assert found["came"]["killed"] >= 20, "the failpoints were not come past"
    assert set(found["came"]) == {"killed", "acknowledged"}


def test_a_task_that_is_delivered_twice_publishes_once(tmp_path):
    found = played(tmp_path, "twice")
    assert found == {"published": 5, "entries": 5}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no server that goes away; on servers it runs")
@pytest.mark.parametrize("scene", ["cut", "stopped"])
def test_a_publisher_whose_database_went_away_has_published_nothing_and_may_try_again(tmp_path, scene):
    assert played(tmp_path, scene) == {"published": 1}


def test_a_clock_that_is_wrong_by_an_hour_changes_no_order(tmp_path):
    assert played(tmp_path, "clock") == {"order": [1, 2, 3, 4, 5], "newest": 5}
