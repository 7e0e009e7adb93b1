"""What holds for every page of the table in app.js: on a telephone, by its words alone, without an error."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from world import World

from common.domain.notification import NotificationState
from console.web.serve import STATIC

pytestmark = pytest.mark.browser

ADDRESSES = re.findall(r"^  \['(/[^']*)', '", (STATIC / "app.js").read_text(encoding="utf-8"), re.MULTILINE)

# What stands wrong in a page: one sentence each.
FAULTS = """
() => {
  const faults = [];
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const said = (node) => node.outerHTML.slice(0, 120);
  const all = (selector) => [...document.querySelectorAll(selector)]
    .filter((node) => shown(node) && !node.closest('[aria-hidden=true]'));
  const words = (ids) => (ids ?? '').split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join('');
  const named = (node) => [node.getAttribute('aria-label'), words(node.getAttribute('aria-labelledby')), node.title,
    ...[...(node.labels ?? [])].map((label) => label.textContent), node.textContent,
    node.querySelector('img[alt]')?.alt].some((name) => name?.trim());
  if (all('h1').length !== 1) faults.push(`${all('h1').length} headings of the first level`);
  let level = 1;
  for (const heading of all('main :is(h1, h2, h3, h4)')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`a heading skips a level: ${said(heading)}`);
    level = next;
  }
  for (const node of all('button, a[href], summary')) if (!named(node)) faults.push(`no name: ${said(node)}`);
  for (const node of all('input, select, textarea')) {
    const labels = [...node.labels].map((label) => label.textContent);
    const name = [node.getAttribute('aria-label'), words(node.getAttribute('aria-labelledby')), ...labels];
    if (!name.some((one) => one?.trim())) faults.push(`no label: ${said(node)}`);
  }
  for (const node of all('img')) if (!node.hasAttribute('alt')) faults.push(`no alt: ${said(node)}`);
  for (const node of all('table')) {
    if (!node.caption?.textContent.trim() && !node.ariaLabel) faults.push(`no caption: ${said(node)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  const twice = ids.filter((one, place) => ids.indexOf(one) !== place);
  for (const id of new Set(twice)) faults.push(`two elements have the id ${id}`);
  const heights = new Set(all('.filters :is(select, input:not([type=checkbox]))').map((node) => node.offsetHeight));
  if (heights.size > 1) faults.push(`filters of different heights: ${[...heights]}`);
  if (!/^.+ · Maskwatch$/.test(document.title)) faults.push(`titled ${document.title}`);
  const width = document.documentElement.scrollWidth;
  if (width > window.innerWidth) faults.push(`${width} px wide`);
  return faults;
}
"""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What stands for `:id` in addresses."""

    cameras: str
    alerts: str
    rules: str


@pytest.fixture
def ids(world: World) -> Ids:
    """An installation in which every page has something to show."""
    camera, rule = world.camera("Entrance", tags=("door",)), world.rule()
    alert = world.alert(camera, rule)
    world.tell(alert, NotificationState.GIVEN_UP, error="mail.example answered 550")
    world.console.coordination.announce("processors", "p1", ttl=600, info="batch 8")
    return Ids(cameras=camera.id, alerts=alert.id, rules=rule.id)


def faults(page: Page, path: str) -> list[str]:
    page.evaluate("async (path) => (await import('/assets/core/router.js')).navigate(path)", path)  # until it is shown
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_timeout(200)  # what comes after the heading
    return [f"{path}: {fault}" for fault in page.evaluate(FAULTS)]


def is_error(said: ConsoleMessage) -> bool:
    return said.type == "error" and "status of 503" not in said.text  # of what is not here: models


def test_every_page_is_usable_on_a_telephone_and_by_its_words(page_of, ids: Ids) -> None:
    page = page_of("admin", "/account", viewport={"width": 375, "height": 740}, color_scheme="dark")
    found: list[str] = []
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if is_error(said) else None)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    for address in ADDRESSES:
        if address != "/login":
            kind = address.split("/")[1]
            found += faults(page, address.replace(":id", getattr(ids, kind, "")))
    assert found == []
