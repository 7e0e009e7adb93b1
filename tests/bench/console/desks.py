"""People at their desks: pages of a real browser that look at the wall, narrow it down, open a camera and go back."""

from __future__ import annotations

import time
from contextlib import ExitStack
from enum import StrEnum
from types import TracebackType

import httpx
from playwright.sync_api import Page, sync_playwright

from bench.console.served import PASSWORD

WAIT_MS = 60_000
PAUSE_SECONDS = 0.2  # between two acts, of anybody

# Each gives back the milliseconds from the act until a frame was drawn that shows what it asked for.
_TIMING = """
async (act) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  }));
  const until = async (holds) => { do await drawn(); while (!holds()); };
  const shown = () => document.querySelectorAll('.page-wall .wall-tile:not([hidden])').length;
  const start = performance.now();
  if (act === 'filter') {
    const field = document.querySelector('.wall-filters select[name=site]');
    const before = shown();
    field.selectedIndex = field.selectedIndex === 0 ? 1 : 0;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => shown() !== before);
  } else if (act === 'open') {
    const tiles = document.querySelectorAll('.page-wall .wall-tile:not([hidden]) .wall-tile-name');
    tiles[Math.floor(Math.random() * tiles.length)].click();
    await until(() => document.querySelector('.page-camera .camera-main')); // with what the API was asked for
  } else {
    history.back();
    await until(() => shown() > 0);
  }
  return performance.now() - start;
}
"""
_LOOK = """
() => ({
  pictures: performance.getEntriesByType('resource').filter((entry) => entry.name.includes('image.jpg')).length,
  ages: [...document.querySelectorAll('.wall-tile[data-state=live] .wall-tile-age')]
    .map((age) => parseFloat(age.textContent)).filter(Number.isFinite),
})
"""


class Kind(StrEnum):
    """What people do."""

    FILTER = "filter"
    OPEN = "open"
    BACK = "back"


ROUND = (Kind.FILTER, Kind.FILTER, Kind.OPEN, Kind.BACK)


class Desks:
    """So many pages, each of a browser context of its own with a session of its own."""

    def __init__(self, chromium: str, address: str, *, browsers: int) -> None:
        self._chromium, self._address, self._browsers = chromium, address, browsers
        self._open = ExitStack()
        self._pages: list[Page] = []
        self.times: dict[Kind, list[float]] = {kind: [] for kind in Kind}
        self.ages: list[float] = []

    def __enter__(self) -> Desks:
        playwright = self._open.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=self._chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        self._open.callback(browser.close)
        for _ in range(self._browsers):
            context = browser.new_context(base_url=self._address, viewport={"width": 1600, "height": 900})
            context.set_default_timeout(WAIT_MS)
            with httpx.Client(base_url=self._address, timeout=WAIT_MS / 1000) as client:
                client.post("/api/v1/login", json={"name": "admin", "password": PASSWORD}).raise_for_status()
                cookies = [
                    {"name": name, "value": value, "url": self._address} for name, value in client.cookies.items()
                ]
            context.add_cookies(cookies)
            page = context.new_page()
            page.add_init_script("performance.setResourceTimingBufferSize(100000)")
            page.goto("/")
            self._pages.append(page)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._open.close()

    def settle(self) -> None:
        """Until everybody sees pictures; each act is done once, unmeasured, for what is loaded but once."""
        for page in self._pages:
            page.wait_for_selector(".wall-tile[data-state=live] .wall-tile-image:not([hidden])")
            for kind in ROUND:
                page.evaluate(_TIMING, kind.value)
        self._before = self._shown()

    def work(self, seconds: float) -> float:
        """Everybody acts in turn; the seconds that it took in the end."""
        start = time.monotonic()
        turn = 0
        while time.monotonic() - start < seconds:
            page = self._pages[turn % len(self._pages)]
            for kind in ROUND:
                self.times[kind].append(page.evaluate(_TIMING, kind.value))
                page.wait_for_timeout(1000 * PAUSE_SECONDS)
            turn += 1
        for page in self._pages:
            self.ages += page.evaluate(_LOOK)["ages"]
        return time.monotonic() - start

    def pictures(self) -> int:
        """That were shown meanwhile, by all."""
        return self._shown() - self._before

    def _shown(self) -> int:
        return sum(page.evaluate(_LOOK)["pictures"] for page in self._pages)
