"""A demo begins anew; beside anything real there is none, and none is removed."""

import pytest
from django.db import transaction
from django.utils import timezone

from sunkitchen.accounts.models import User
from sunkitchen.core import appendonly, audit, translog
from sunkitchen.core.models import AuditEntry, LogEntry
from sunkitchen.demo import reset, stage
from sunkitchen.registry.models import Establishment
from tests import builders

FFMPEG = "/nowhere/ffmpeg"


@pytest.fixture
def demo(transactional_db, settings, tmp_path):
    """What a demo leaves: marked kitchens, a trail, a signed log, files."""
    settings.VAR = tmp_path
    settings.FILES_ROOT, settings.LOG_ROOT, settings.POSTERS_ROOT = (tmp_path / n for n in ("files", "log", "posters"))
    settings.FILES_ROOT.mkdir()
    builders.authority()
    owner = builders.user("王海", email="wang@demo.example")
    place = builders.establishment(owner=owner, is_demo=True)
    audit.record(owner, "establishment.registered", place)
    published("one")
    return place


def published(word):
    with transaction.atomic():
        translog.append({"kind": "edition", "code": word})
    translog.sign(timezone.now())
    translog.mirror()


def test_no_demo_beside_real_kitchens(restaurant):
    assert not stage.make(FFMPEG, lambda text: None)
    assert stage.pushers(FFMPEG, 8000) == []
    assert stage.showpiece() == ""
    assert stage.sign_ins() == []


def test_a_demo_goes_whole_and_the_next_log_is_another_one(demo, settings):
    key = translog.verifier_key("a")
    reset.reset()
    assert [model.objects.count() for model in (Establishment, User, AuditEntry, LogEntry)] == [0, 0, 0, 0]
    assert not settings.LOG_ROOT.exists()
    assert not settings.FILES_ROOT.exists()
    assert appendonly.missing() == []
    published("two")
    assert translog.verifier_key("a") != key


@pytest.mark.parametrize(
    ("what", "name"),
    [("kitchens", "真的馆"), ("authorities", "玉环市市场监督管理局"), ("administrators", "管理员")],
)
def test_beside_anything_real_nothing_is_removed(demo, what, name):
    if what == "kitchens":
        builders.establishment(signboard=name)
    elif what == "authorities":
        builders.authority(name, division="331083")
    else:
        User.objects.create_superuser("root@example.com", name=name)
    with pytest.raises(reset.NotADemo, match=f"{what} {name}"):
        reset.reset()
    assert AuditEntry.objects.exists()
    assert Establishment.objects.filter(is_demo=True).count() == 1
    assert LogEntry.objects.count() == 1
    assert appendonly.missing() == []
