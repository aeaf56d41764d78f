"""The drafting agrees with a slow and obvious one on random small worlds."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from ratings.editions import drafting, facts
from ratings.models import Edition
from tests import builders

from . import slow, worlds

pytestmark = pytest.mark.django_db(transaction=False)


class People(tuple):
    authority = 0


class Back(Exception):
    """The world is taken back: the next one begins with nothing."""


def told(edition):
    rows = edition.proposals.filter(set_aside_at=None)
    return {row.establishment_id: (row.colour, row.rules, row.facts) for row in rows}


@given(plans=worlds.worlds, days=worlds.periods)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_second_implementation_proposes_the_same(db, plans, days):
    try:
        with transaction.atomic():
            agree(plans, days)
            raise Back
    except Back:
        pass


def agree(plans, days):
    bureau, elsewhere = builders.authority(), builders.authority("外市", "888801")
    people = People(builders.officer(name, bureau, "inspector", enforcement_number="1") for name in ("赵查", "周验"))
    people.authority = bureau.pk
    period = tuple(worlds.TODAY - timedelta(days=back) for back in reversed(days))
    edition = worlds.blank_edition(bureau, people[0], period, 3)
    earlier = {
        name: worlds.blank_edition(bureau, people[0], period, n) for n, name in enumerate(["draft", "published"], 1)
    }
    places = []
    for plan in plans:
        place = builders.establishment(
            state="open" if plan["open"] else "closed",
            division=bureau.division if plan["here"] else elsewhere.division,
        )
        worlds.furnish(place, plan, people)
        worlds.decide(place, plan, slow.facts(place, worlds.AT, period), earlier, people)
        places.append(place)
        if plan["aside"]:
            worlds.put_aside(edition, place, people[0])
    Edition.objects.filter(pk=earlier["published"].pk).update(published_at=worlds.AT)
    aside = set(edition.proposals.values_list("establishment_id", flat=True))
    with mock.patch.object(drafting, "BATCH", 2):
        drafting.compute(edition, at=worlds.AT)
    expected = {pk: said for pk, said in slow.proposals(edition, worlds.AT).items() if pk not in aside}
    assert told(edition) == expected
    assert set(edition.proposals.filter(set_aside_at__isnull=False).values_list("establishment_id", flat=True)) == aside
    assert facts.gather(places, worlds.AT) == {place.pk: slow.facts(place, worlds.AT) for place in places}
    for place in places:
        visits = list(place.inspections.closed().of_operator())
        assert facts.of(place, worlds.AT, period=period, visits=visits) == slow.facts(place, worlds.AT, period)
