"""One person with one browser: walks pages, has each looked at by axe, notices what goes wrong."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, Response

from heling.contexts.identity.demo import DEMO_PASSWORD, demo_code, seconds_left

if TYPE_CHECKING:
    from tests.journeys.conftest import City

Role = Literal["button", "link"]
SHOTS = Path(os.environ["HELING_SHOTS"]) if "HELING_SHOTS" in os.environ else None
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = """options => axe.run(document, options).then(found => found.violations.flatMap(
  v => v.nodes.map(n => `${v.id} (${v.impact}): ${v.help}\\n  ${n.target}\\n  ${n.html}`)))"""
TYPING = 8  # seconds that typing a one-time code may take
# The browser's own remark about an answer of 4xx; answers are judged in `_answered`.
_REMARK = "Failed to load resource"


class Walker:
    """``status`` is that of the page shown last; ``errors`` fail the next look.

    ``axe`` is off where the same page is looked at by axe in another size.
    """

    def __init__(self, page: Page, city: City) -> None:
        self.page, self.city = page, city
        self.errors: list[str] = []
        self.status = 0
        self.axe = True
        self._shots = 0
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self._said(m.type, m.text))
        page.on("response", self._answered)

    # --- going ---------------------------------------------------------------------------

    def go(self, path: str, *, status: int = 200) -> Walker:
        self.page.goto(self.city.url + path)
        return self._arrived(status)

    def press(self, name: str, *, role: Role = "button", status: int = 200) -> Walker:
        """Press the first button (or link) of this name, and look at the page that comes."""
        with self.page.expect_navigation():
            self.named(name, role).click()
        return self._arrived(status)

    def follow(self, name: str) -> Walker:
        return self.press(name, role="link")

    def touch(self, name: str) -> Walker:
        """Press a button that changes a part of the page, and look when it has."""
        with self.page.expect_response(lambda r: not r.request.is_navigation_request()):
            self.named(name).click()
        self.page.wait_for_function("!document.querySelector('.htmx-request')")
        return self.look()

    def named(self, name: str, role: Role = "button") -> Locator:
        """The first one with exactly this name; spaces between its parts do not count."""
        letters = r"\s*".join(re.escape(letter) for letter in name if not letter.isspace())
        return self.page.get_by_role(role, name=re.compile(rf"^\s*{letters}\s*$")).first

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def number(self) -> int:
        """The last number in the address: which elder, case or notice this page is about."""
        return int(re.findall(r"\d+", self.path())[-1])

    # --- filling in ----------------------------------------------------------------------

    def fill(self, **values: str) -> Walker:
        """Fill fields by their form names."""
        for name, value in values.items():
            widget = self.page.locator(f"[name={name}]").first
            if widget.evaluate("e => e.tagName") == "SELECT":
                widget.select_option(value)
            else:
                widget.fill(value)
        return self

    def choose(self, *labels: str) -> Walker:
        """Tick boxes and radio buttons by their label."""
        for label in labels:
            self.page.get_by_label(label, exact=True).first.check()
        return self

    # --- looking -------------------------------------------------------------------------

    def sees(self, *texts: str) -> Walker:
        body = self.page.inner_text("body")
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}\n{body}"
        return self

    def sees_not(self, *texts: str) -> Walker:
        """Not in the whole source: what is hidden can still be read."""
        source = self.page.content()
        for text in texts:
            assert text not in source, f"{text!r} is on {self.page.url}"
        return self

    def look(self) -> Walker:
        """axe on the page as it stands, no errors, nothing wider than the screen; a screenshot
        when asked for."""
        assert not self.errors, f"{self.page.url}: {self.errors}"
        self._photograph()
        over = self.page.evaluate(OVERFLOW)
        assert over <= 0, f"{self.page.url} is {over} px wider than the screen"
        if self.axe:
            self.page.evaluate(AXE_SCRIPT)
            found = self.page.evaluate(AXE, {"resultTypes": ["violations"]})
            assert not found, f"{self.page.url}\n" + "\n".join(found)
        return self

    def evaluate(self, script: str, *given: Any) -> Any:
        return self.page.evaluate(script, *given)

    # --- who -----------------------------------------------------------------------------

    def code(self, username: str) -> str:
        """The one-time code of now, with time left to type it."""
        if (left := seconds_left()) < TYPING:
            self.page.wait_for_timeout(1000 * (left + 1))
        return demo_code(username)

    def log_in(self, username: str, password: str = DEMO_PASSWORD) -> Walker:
        self.go("/accounts/login/").fill(login=username, password=password).press("登录")
        if self.page.locator("[name=code]").count():
            self.fill(code=self.code(username)).press("登录")
        return self

    def size(self, size: str) -> Walker:
        """标准, 大字, 特大: as the switch on every page sets it."""
        cookie = {"name": "size", "value": size, "url": self.city.url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return self

    # --- inside --------------------------------------------------------------------------

    def _arrived(self, status: int) -> Walker:
        self.page.wait_for_load_state()
        said = "" if self.status == status else self.page.inner_text("body")
        assert self.status == status, f"{self.page.url}: {self.status}, not {status}\n{said}"
        return self.look()

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(_REMARK):
            self.errors.append(text)

    def _answered(self, response: Response) -> None:
        """Pages may refuse (the journey says so); their parts and files may not be missing."""
        document = response.request.resource_type == "document"
        if document:
            self.status = response.status
        if response.status >= 500 or (response.status >= 400 and not document):
            self.errors.append(f"{response.status} {response.url}")

    def _photograph(self) -> None:
        if not SHOTS:
            return
        test = os.environ.get("PYTEST_CURRENT_TEST", "::").split("::")[-1].split(" ")[0]
        where = self.path().strip("/").replace("/", "-") or "home"
        width = json.dumps((self.page.viewport_size or DESK)["width"])
        folder = SHOTS / re.sub(r"[^\w-]", "_", test)
        folder.mkdir(parents=True, exist_ok=True)
        self._shots += 1
        name = f"{self._shots:02}-{where[:60]}-{width}.png"
        self.page.screenshot(path=folder / name, full_page=True)
