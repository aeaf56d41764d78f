"""How long a clerk waits from the key that decides to the next paper's picture on the screen, in a real Chromium.

The product as `serve` starts it, with waiting papers of the demo's make; the browser is signed in as a clerk, opens the
oldest paper and skips with S from paper to paper, as approving with A does but without using papers up (both send one
POST and put the page that is ready in place). Painted: two animation frames after the new paper's picture is decoded.

- review.next_paper: the middle of all keys, ready ahead.
- review.next_paper_cold: the same address opened by the browser itself, without anything ready: what one would wait.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import Measure
from tests.real.components import CHROMIUM, CHROMIUM_FLAGS, some_free_port
from tests.real.site import Site

GOAL = 2.0  # seconds
PAPERS = 12
READY = "[data-review][data-ready]"
MAKE = """
from datetime import date, timedelta
from io import BytesIO
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from sunkitchen.accounts.models import Authority, Post, User
from sunkitchen.demo import papers
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import Establishment, Membership
bureau = Authority.objects.create(name="海澜市市场监督管理局", slug="hailan", division="999901")
clerk, owner = (User.objects.create_user(name=name, email=name + "@bench.invalid") for name in ("li", "wang"))
Post.objects.create(user=clerk, authority=bureau, role="clerk")
for number in range(COUNT):
    place = Establishment.objects.create(
        signboard=f"第{number}家", operator_name=f"海澜第{number}餐饮", address="海澜市", division="999901", category="small"
    )
    Membership.objects.create(user=owner, establishment=place, role="owner")
    picture = papers.picture("食品经营许可证", bureau.name, [("编号", f"{number:06d}"), ("经营者名称", place.operator_name)])
    credentials.hand_in(
        place, by=owner, uploads=[SimpleUploadedFile("a.jpg", picture, "image/jpeg")], kind="food_permit",
        number=f"JY2999901{number:06d}0", holder=place.operator_name, issuer=bureau.name, items="热食类食品制售",
        valid_from=date.today(), valid_through=date.today() + timedelta(days=1800),
    )
session = SessionStore()
session[SESSION_KEY] = str(clerk.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session[HASH_SESSION_KEY] = clerk.get_session_auth_hash()
session.save()
print(session.session_key)
"""
PAINTED = """
(key) => new Promise((done) => {
  const before = document.getElementById("content"), from = performance.now();
  const look = () => {
    const image = document.querySelector("[data-viewer] img");
    if (document.getElementById("content") !== before && image && image.complete && image.naturalWidth)
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)));
    else requestAnimationFrame(look);
  };
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  look();
})
"""


def run() -> Iterator[Measure]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as folder:
        site = Site(Path(folder), some_free_port(), {**os.environ, "SUNKITCHEN_DEMO": "0"})
        try:
            site.start("--no-demo")
            session = site.shell(MAKE.replace("COUNT", str(PAPERS))).splitlines()[-1]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
                page = context.new_page()
                ready, cold = measured(page, site.url)
                browser.close()
        finally:
            site.end()
    own = "the same page opened by the browser"
    yield Measure("review.next_paper", round(ready[len(ready) // 2], 3), "s", own, round(cold, 3), goal=GOAL)
    yield Measure("review.next_paper_slowest", round(ready[-1], 3), "s", goal=GOAL)


def measured(page, url: str) -> tuple[list[float], float]:
    """Seconds from key to painted of each paper, sorted; and of one opened afresh."""
    page.goto(f"{url}/office/papers/")
    page.locator(".queue .what > a").first.click()
    spent = []
    for _turn in range(PAPERS - 1):
        page.wait_for_selector(READY)
        page.wait_for_load_state("networkidle")  # a clerk looks for seconds: the next one is ready by then
        spent.append(page.evaluate(PAINTED, "s") / 1000)
    timing = (
        "() => { const [one] = performance.getEntriesByType('navigation'); return one.loadEventEnd - one.startTime; }"
    )
    page.goto(page.url)
    page.wait_for_load_state("load")
    return sorted(spent), page.evaluate(timing) / 1000
