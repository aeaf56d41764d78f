"""The media sheet 媒体口径: inside alone, one black listing, no name that may not be said."""

import pytest
from django.urls import reverse

from ratings.models import Amendment
from sunkitchen.core import translog
from tests.ratings.conftest import AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(published):
    return published.listings.get(colour="black")


@pytest.fixture
def sheet(client, listing, monkeypatch):
    monkeypatch.setattr("ratings.editions.outputs.views.timezone.now", lambda: AFTER)

    def sheet(user):
        client.force_login(user)
        return client.get(reverse("office_listing_media", args=[listing.pk]))

    return sheet


@pytest.mark.parametrize("who", ["zhao", "sun"])
def test_who_drafts_or_publishes_reads_facts_process_and_what_may_be_said(sheet, request, who):
    answer = sheet(request.getfixturevalue(who))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    for words in ("内部材料", "老码头大排档", "监督检查两项关键项不合格", "海市监检〔2026〕117 号", "送达告知书（直接送达）",
                  "四、不可以说", "健康信息", "新闻联系人"):  # fmt: skip
        assert words in page
    assert page.index("作出拟公示告知书") < page.index("送达告知书（") < page.index("公示（2026 年第 1 期）")
    assert "尚有程序在进行" not in page and "赵查" not in page.split("由 ")[0]


def test_nobody_else_reads_it(sheet, client, li, wang, chen, listing):
    assert sheet(chen).status_code == 404  # the operator listed: an owner's page is another one
    assert sheet(wang).status_code == 404
    client.logout()
    assert client.get(reverse("office_listing_media", args=[listing.pk])).status_code == 302


@pytest.mark.parametrize("kind", ["stay", "withdrawal", "removal"])
def test_a_name_out_of_sight_is_not_said_by_the_bureau_either(sheet, listing, sun, kind):
    entry = translog.append({"kind": "test"})
    Amendment.objects.create(
        listing=listing, kind=kind, document_number="9 号", reason="复议决定。", by=sun, at=AFTER, entry=entry
    )
    page = sheet(sun).content.decode()
    assert "不点名" in page and "老码头" not in page and "两项关键项不合格" in page
    assert ("尚有程序在进行" in page) == (kind == "stay")


def test_a_red_listing_and_one_that_is_not_published_have_none(client, published, sun):
    client.force_login(sun)
    red = published.listings.get(colour="red")
    assert client.get(reverse("office_listing_media", args=[red.pk])).status_code == 404
