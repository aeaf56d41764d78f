"""The cast: one restaurant, 海上明月, and the people around it."""

import os

# Before Django reads its settings: every worker of the test run has an installation of its own.
import tempfile

_var = tempfile.TemporaryDirectory(prefix="sunkitchen-test-")
os.mkdir(os.path.join(_var.name, "static"))  # collected by `serve`; WhiteNoise misses it loudly
os.environ["SUNKITCHEN_VAR"] = _var.name
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ["PAGE_CACHE"] = "0"  # tests/public/test_answers.py switches it on
os.environ.setdefault("SUNKITCHEN_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
# Not in pyproject.toml: named there, the settings would be read before the lines above.
os.environ["DJANGO_SETTINGS_MODULE"] = "sunkitchen.settings"

from datetime import date  # noqa: E402

import django  # noqa: E402
import pytest  # noqa: E402

from tests.real import servers  # noqa: E402

servers.prepare()
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

if connection.vendor == "sqlite":
    # As a file, like the product's: tables in memory are shared among threads by locks that never wait.
    connection.settings_dict["TEST"]["NAME"] = os.path.join(_var.name, "test.sqlite3")

from tests import builders  # noqa: E402

pytest_plugins = ["tests.real.components"]

TODAY = date(2026, 11, 22)


def pytest_sessionstart():
    if servers.WANTED and (lacking := ", ".join(servers.lacking())):
        why = f"NOT TESTED on servers: {lacking} missing here. As root on Debian, `make test` installs them."
        pytest.exit(why, returncode=1 if os.environ.get("CI") == "true" else 0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Workers inherit this process's environment. With that name in it they would read the settings before this file,
    and share the first process's folder and Redis."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure():
    servers.end()


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_the_guards():
    """A transactional test ends with a flush, which append-only tables would refuse."""
    from django.test import TransactionTestCase

    from sunkitchen.core import appendonly

    flush = TransactionTestCase._fixture_teardown

    def guarded_flush(case):
        with appendonly.lifted():
            flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", guarded_flush)
        yield


@pytest.fixture
def hailan(db):
    """The bureau of the invented city: 海澜市市场监督管理局."""
    return builders.authority()


@pytest.fixture
def at():
    """A browser in which that person is signed in: `at(wang).get(…)`."""

    def browser(person):
        client = Client()
        client.force_login(person)
        return client

    return browser


def prove(client, method="password"):
    """The session of that browser has just proved itself, as accounts.stepup asks before a grave deed."""
    import time

    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


@pytest.fixture
def wang(db):
    """王, owner of the restaurant."""
    return builders.user("王海", mobile="13800000001", email="wang@example.com")


@pytest.fixture
def li(hailan):
    """李, clerk."""
    return builders.officer("李审", hailan, "clerk", email="li@example.com")


@pytest.fixture
def zhao(hailan):
    """赵, inspector."""
    return builders.officer("赵查", hailan, "inspector", email="zhao@example.com", enforcement_number="HL-0012")


@pytest.fixture
def zhou(hailan):
    """周, the second inspector: nobody inspects alone."""
    return builders.officer("周验", hailan, "inspector", email="zhou@example.com", enforcement_number="HL-0015")


@pytest.fixture
def sun(hailan):
    """孙, publisher."""
    return builders.officer("孙发", hailan, "publisher", email="sun@example.com")


@pytest.fixture
def wu(hailan):
    """吴, auditor."""
    return builders.officer("吴审", hailan, "auditor", email="wu@example.com")


@pytest.fixture
def qian(db):
    """钱, a stranger with an account and nothing else."""
    return builders.user("钱路", email="qian@example.com")


@pytest.fixture
def restaurant(wang):
    """海上明月, open, owned by 王."""
    return builders.establishment(owner=wang)


@pytest.fixture
def permit(restaurant, wang):
    """Its food permit, handed in by 王 and waiting."""
    return builders.permit(restaurant, submitted_by=wang)
