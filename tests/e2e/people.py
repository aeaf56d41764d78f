"""People at their browsers: each has a context of their own, and goes by addresses and field names, in any language."""

import re
from pathlib import Path

from playwright.sync_api import TimeoutError as TooLate

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 900}}


class Person:
    def __init__(self, browser, site, screen):
        self.site = site
        self.context = browser.new_context(locale="zh-CN", ignore_https_errors=True, **screen)
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def goes_to(self, path):
        answer = self.page.goto(path if path.lower().startswith("http") else self.site.url + path)
        assert answer.status == 200, f"{path}: {answer.status}\n{self.site.words}"
        return self

    @property
    def path(self):
        return self.page.url.removeprefix(self.site.url).split("?")[0]

    def fills(self, form, **fields):
        """Write into the fields of the form with this CSS selector, as a person would by kind of field."""
        for name, value in fields.items():
            field = self.page.locator(f"{form} [name='{name}']")
            if isinstance(value, Path):
                field.set_input_files(value)
            elif field.count() > 1 or field.get_attribute("type") == "radio":
                self.page.locator(f"{form} [name='{name}'][value='{value}']").check()
            elif field.evaluate("(node) => node.tagName") == "SELECT":
                field.select_option(value)
            elif value is True:
                field.check()
            else:
                field.fill(value)

    def sends(self, form, button="button[type=submit]", **fields):
        """Fill the form and press its button; the answer must not be the form with a complaint."""
        self.fills(form, **fields)
        with self.page.expect_navigation() as found:
            self.page.locator(f"{form} {button}").last.click()
        answer = found.value
        assert answer is None or answer.status < 400, f"{self.path}: {answer.status}"
        wrong = self.page.locator(".errorlist").all_inner_texts()
        assert not wrong, f"{self.path}: {wrong}"

    def sees(self, text):
        assert text in self.page.locator("body").inner_text(), f"{text!r} is not on {self.path}"

    def waits(self, selector):
        """Until it is there to be seen, a minute at most; else the test says what is there instead."""
        try:
            self.page.wait_for_selector(selector, timeout=60_000)
        except TooLate:
            states = self.page.locator("[data-state]").evaluate_all("(nodes) => nodes.map((one) => one.dataset.state)")
            shown = self.page.locator("body").inner_text()
            raise AssertionError(
                f"no {selector} on {self.page.url}\nstates {states}\n{shown}\n{self.site.words[-4000:]}"
            ) from None

    # ── signing in ──────────────────────────────────────────────────────────────────────────────────────────
    def signs_up_by_mobile(self, mobile, name):
        self.goes_to("/sign-in/")
        self.sends("form[action*='/sign-in/mobile/']", mobile=mobile)
        self.sends("form:has([name=code])", code=self.code_sent_to(mobile))
        self.sends("form:has([name=name])", name=name)

    def code_sent_to(self, mobile):
        """The newest SMS to this number, as it lands in the embedded installation."""
        newest = sorted((self.site.var / "sms").glob(f"*{mobile[-8:]}.txt"))[-1]
        return re.search(r"\b\d{6}\b", newest.read_text()).group()

    def signs_in(self, email, password):
        self.goes_to("/sign-in/")
        self.page.locator("details summary").click()
        self.sends("form:has([name=password])", login=email, password=password)


class Diner(Person):
    """Watches; has no account and no cookie."""

    LIVE = ".live[data-state=live]"

    def video(self):
        """(seconds played, frames decoded) of the picture."""
        return tuple(
            self.page.locator(".live video").evaluate(
                "(video) => [video.currentTime, video.getVideoPlaybackQuality().totalVideoFrames]"
            )
        )

    def sees_it_move(self, seconds=40):
        """The box says live, and both the clock and the decoded frames advance."""
        self.page.wait_for_selector(self.LIVE, timeout=seconds * 1000)
        before = self.video()
        self.page.locator(".live video").evaluate(
            """(video, before) => new Promise((done, fail) => {
              const limit = setTimeout(() => fail(new Error('it stands still')), 10000);
              const look = setInterval(() => {
                if (video.currentTime > before[0] + 1 && video.getVideoPlaybackQuality().totalVideoFrames > before[1] + 10) {
                  clearInterval(look); clearTimeout(limit); done();
                }
              }, 50);
            })""",
            list(before),
        )
        assert self.page.locator(self.LIVE).count() == 1

    def is_told_it_is_not_live(self, seconds=40):
        """What the box says, once it no longer claims to be live."""
        self.page.wait_for_selector(".live.down .down-words b:not(:empty)", timeout=seconds * 1000)
        return self.page.locator(".live .down-words").inner_text()
