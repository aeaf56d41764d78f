import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.http import Http404

from sunkitchen.accounts import actions as accounts
from sunkitchen.accounts.models import Post, User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return builders.user("管理员", email="admin@example.com", is_superuser=True)


def test_an_administrator_appoints_a_clerk_and_the_trail_says_so(admin, qian, hailan):
    post = accounts.appoint(qian, hailan, "clerk", by=admin)
    assert access.can(qian, Can.REVIEW_PAPERS, hailan)
    [entry] = audit.trail(post)
    assert (entry.verb, entry.actor, entry.detail["role"]) == ("post.appointed", admin, "clerk")


def test_an_ended_post_grants_nothing_from_that_moment(admin, li, hailan):
    post = li.posts.get()
    accounts.end_post(post, by=admin)
    assert not access.may_anywhere(li, Can.SEE_OFFICE)
    assert [entry.verb for entry in audit.trail(post)] == ["post.ended"]
    with pytest.raises(Refused):
        accounts.end_post(post, by=admin)


def test_only_administrators_appoint(li, wang, qian, hailan):
    with pytest.raises(PermissionDenied):
        accounts.appoint(qian, hailan, "clerk", by=li)
    with pytest.raises(Http404):
        accounts.appoint(qian, hailan, "clerk", by=wang)
    assert not qian.posts.exists()


def test_nobody_appoints_themselves(admin, hailan):
    with pytest.raises(Refused):
        accounts.appoint(admin, hailan, "publisher", by=admin)


def test_an_inspector_needs_an_enforcement_number(qian, hailan):
    with pytest.raises(Refused):
        accounts.appoint(qian, hailan, "inspector", by=None)
    assert accounts.appoint(qian, hailan, "inspector", "HL-0031", by=None).enforcement_number == "HL-0031"


def test_a_post_is_held_once_and_may_be_given_again_after_its_end(qian, hailan):
    post = accounts.appoint(qian, hailan, "clerk", by=None)
    with pytest.raises(Refused):
        accounts.appoint(qian, hailan, "clerk", by=None)
    accounts.end_post(post, by=None)
    accounts.appoint(qian, hailan, "clerk", by=None)
    assert Post.objects.held().filter(user=qian).count() == 1


def test_a_closed_account_gets_no_post(qian, hailan):
    User.objects.filter(pk=qian.pk).update(is_active=False)
    qian.refresh_from_db()
    with pytest.raises(Refused):
        accounts.appoint(qian, hailan, "clerk", by=None)


def test_a_closed_account_can_do_nothing_in_its_post(li, hailan):
    User.objects.filter(pk=li.pk).update(is_active=False)
    li.refresh_from_db()
    assert not access.can(li, Can.SEE_OFFICE, hailan)


def test_posts_are_given_from_the_console(hailan, capsys):
    call_command("appoint", "hailan", "inspector", "赵查", "--mobile", "+86 139 0000 0012", "--number", "HL-0012")
    person = User.objects.get(mobile="13900000012")
    assert person.posts.get().role == "inspector"
    call_command("appoint", "hailan", "clerk", "赵查", "--mobile", "13900000012")
    assert User.objects.count() == 1


def test_a_post_is_ended_from_the_console(hailan):
    call_command("appoint", "hailan", "clerk", "李审", "--mobile", "13900000012")
    person = User.objects.get()
    with pytest.raises(CommandError):
        call_command("appoint", "hailan", "publisher", "李审", "--mobile", "13900000012", "--end")
    call_command("appoint", "hailan", "clerk", "李审", "--mobile", "13900000012", "--end")
    assert not access.can(person, Can.SEE_OFFICE, hailan)


def test_the_console_says_in_words_what_is_wrong(hailan):
    with pytest.raises(CommandError, match="Known: hailan"):
        call_command("appoint", "nowhere", "clerk", "某")
    with pytest.raises(CommandError):
        call_command("appoint", "hailan", "inspector", "某", "--email", "some@example.com")
    assert not User.objects.exists(), "no account is left behind by an appointment that was refused"


def test_an_installation_begins_with_an_authority_from_the_console():
    call_command("authority", "yuhuan", "331083", "玉环市市场监督管理局", "--name-en", "Yuhuan Bureau")
    call_command("appoint", "yuhuan", "clerk", "李", "--email", "li@example.com")
    assert access.can(User.objects.get(), Can.REVIEW_PAPERS, builders.establishment(division="331083"))


@pytest.mark.parametrize(("slug", "division"), [("hailan", "999901"), ("Bad Slug", "99"), ("fine", ""), ("fine", "9")])
def test_an_authority_needs_a_name_of_its_own_and_a_real_division(slug, division, hailan):
    with pytest.raises(CommandError):
        call_command("authority", slug, division, "某局")


def test_only_the_administrator_founds_authorities(li, admin):
    with pytest.raises(PermissionDenied):
        accounts.found_authority("某局", "some", "9999", by=li)
    assert accounts.found_authority("某局", "some", "9999", by=admin).slug == "some"
