"""Every address × every role × own, rival's and foreign objects. No guard is mocked, no address is left out."""

from copy import deepcopy
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import override

from tests.gates import ANONYMOUS, ROLES, SIDES, STRANGER, Answer, door, public
from tests.permissions import ROUTES
from tests.permissions_world import world  # noqa: F401 - a fixture

TABLE = {route.name: route for route in ROUTES}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name, its text for people, the arguments that it takes."""

    name: str | None
    text: str
    arguments: frozenset[str]
    view: object


def addresses(resolver=None, before="", arguments=frozenset()):
    for entry in (resolver or get_resolver()).url_patterns:
        text = before + str(entry.pattern)
        taken = arguments | set(entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield Address(entry.name, text, taken, entry.callback)
        else:
            yield from addresses(entry, text, taken)


ADDRESSES = {address.name: address for address in addresses()}


def test_every_address_is_in_the_table():
    unlisted = [
        f"/{address.text} ({address.name or 'without a name'}): say in tests/permissions.py who may open it"
        for address in addresses()
        if address.name not in TABLE
    ]
    assert not unlisted, "\n".join(unlisted)


def test_every_line_of_the_table_has_an_address():
    gone = [f"{name}: listed in tests/permissions.py, but no such URL" for name in TABLE if name not in ADDRESSES]
    assert not gone, "\n".join(gone)
    assert len(TABLE) == len(ROUTES), "a route is listed twice"


def url_of(route, pools, language="zh-hans"):
    taken = ADDRESSES[route.name].arguments
    with override(language):
        return reverse(route.name, kwargs={name: pools[route.of][name] for name in taken})


def ask(client, method, url):
    """The answer. Whatever the request wrote is taken back, so that the next one finds the same world."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(
            method, url, content_type="application/x-www-form-urlencoded", headers={"origin": "http://testserver"}
        )
        transaction.set_rollback(True)
    cache.clear()
    client.cookies = cookies
    return response


def answer_of(response, route, method):
    location = response.headers.get("Location", "")
    if response.status_code in (301, 302) and "sign-in/?next=" in location:
        return Answer.SIGN_IN
    if route.gate is door and response.status_code == 302 and "sign-in" not in location:
        return Answer.AWAY
    if response.status_code in route.let_in:
        return Answer.IN
    if response.status_code == 403:
        return Answer.REFUSED
    if response.status_code == 404:
        return Answer.HIDDEN
    return f"answered {response.status_code}"


def test_everybody_gets_what_the_table_says(world):  # noqa: F811
    wrong = [
        complaint
        for route in ROUTES
        if route.name in ADDRESSES
        for side in (SIDES if route.of else SIDES[:1])
        for role in ROLES
        for language in (["zh-hans", "en"] if role in (ANONYMOUS, STRANGER) else ["zh-hans"])
        for complaint in complaints(route, world.clients[role], role, side, url_of(route, world.pools[side], language))
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def complaints(route, client, role, side, url):
    for method in ("GET", "POST"):
        expected = route.gate_of(method)(role, side)
        served = method in route.methods
        if not served and (expected is Answer.IN or route.gate is public):
            continue  # what an insider gets for an unserved method harms nobody
        response = ask(client, method, url)
        found = answer_of(response, route, method)
        if found != expected and (served or response.status_code != 405):
            yield f"{method} {url} as {role} ({side}): must be {expected}, but was {found}"
        if route.gate is public and not url.rstrip("/").endswith(PRIVATE_ENDINGS):
            if response.cookies or "cookie" in response.headers.get("Vary", "").lower():
                yield f"{method} {url} as {role}: a public page set or read a cookie"
        elif response.headers.get("Cache-Control") != "private, no-store":
            yield f"{method} {url} as {role}: may be kept by a cache ({response.headers.get('Cache-Control')})"


# Open to anybody, but with a form and so with a cookie.
PRIVATE_ENDINGS = ("/forgotten", "/forgotten/code", "/forgotten/new", "/sign-out")


def test_nobody_reaches_a_rivals_thing_through_a_kitchen_of_their_own(world):  # noqa: F811
    """/desk/kitchens/<mine>/papers/<yours>/ does not exist."""
    nested = [
        route
        for route in ROUTES
        if route.gate is not public
        and route.name in ADDRESSES
        and {"code"}
        < ADDRESSES[route.name].arguments - {"sort", "which", "requirement"}  # a sort of table, a rule: nobody's thing
    ]
    assert nested
    reached = []
    for route in nested:
        own, rival = world.pools["own"][route.of], world.pools["rival"][route.of]
        url = url_of(route, {route.of: {**rival, "code": own["code"]}})
        for role in ROLES[1:]:
            for method in route.methods:
                response = ask(world.clients[role], method, url)
                if response.status_code not in (403, 404):
                    reached.append(f"{method} {url} as {role}: {response.status_code}")
    assert not reached, "\n" + "\n".join(reached)


# Forms of pages that set no cookie: whose page sends them is seen by its Origin, and is asked below as of the others.
KNOWN_BY_ORIGIN = {
    "edition_read",
    "edition_shared",
    "report_moment",
    "complaint_new",
    "complaints",
    "complaint",
    "say",
    "staff_own",
}  # or, to say how it was, by a pass


# Neither a form nor a session: whose system sends it is seen by its key, or by what it signed.
KNOWN_BY_KEY = {"ledger_api", "bounces"}


def test_no_form_is_taken_from_another_website(world):  # noqa: F811
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for address in addresses():
        is_exempt = getattr(address.view, "csrf_exempt", False) and address.name not in KNOWN_BY_ORIGIN | KNOWN_BY_KEY
        assert not is_exempt, f"/{address.text} takes forms from anywhere"
    for route in ROUTES:
        if route.name in ADDRESSES:
            response = client.post(url_of(route, world.pools["own"]))
            refused = 401 if route.name in KNOWN_BY_KEY else 403
            assert response.status_code == refused, f"{route.name} took a form without a token"
