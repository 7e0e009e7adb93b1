"""Rules, receivers and silences in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from message_servers import Answer, Hook, http_receiver
from playwright.sync_api import Page, expect
from test_console_backtest_progress import Slow
from world import START, World

from common.domain.rule import Rule
from common.settings import Settings
from maskwatch.telling import Messenger

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]


def stay(world: World, name: str, *, age: float, pictures: int, **fields: object) -> None:
    """Somebody without a mask, every 3 s."""
    with world.console.repository.begin() as unit:
        known = unit.cameras.find(name)
    camera = known or world.camera(name, **fields)
    for number in range(pictures):
        world.snapshot(camera, age=age - 3 * number)


def test_a_rule_is_tried_on_the_past_before_it_is_saved(world: World, page_of: PageOf) -> None:
    stay(world, "Door", age=7200, pictures=12)
    stay(world, "Door", age=3600, pictures=12)
    stay(world, "Till", age=1800, pictures=5, site="South")
    page = page_of("admin", "/rules")
    page.get_by_role("link", name="New rule").first.click()
    page.get_by_label("Name").fill("Nobody bare")
    page.get_by_label("Fires after").fill("6")
    expect(page.locator(".rule-says")).to_have_text(
        "Tell every receiver when at least 1 person without a mask is seen at any camera, for 6 sec."
    )
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".rule-fired")).to_have_text("Would have fired 3 times.")
    expect(page.locator(".rule-camera")).to_have_text(["Door", "Till"])
    expect(page.locator(".rule-span")).to_have_count(3)
    page.get_by_label("Fires after").fill("25")
    expect(page.get_by_text("The rule was changed since")).to_be_visible()
    page.get_by_role("button", name="Create rule").click()
    expect(page.get_by_role("heading", name="Nobody bare")).to_be_visible()
    expect(page.locator(".notice-warn")).to_contain_text("There is no receiver yet: nobody is told.")
    with world.console.repository.begin() as unit:
        [made] = unit.rules.list()
    assert (made.name, made.for_seconds, made.condition.count_at_least) == ("Nobody bare", 25, 1)


def test_a_change_is_compared_with_the_rule_in_force_and_a_span_leads_to_its_pictures(
    world: World, page_of: PageOf
) -> None:
    stay(world, "Door", age=7200, pictures=12)
    stay(world, "Till", age=3600, pictures=5)
    rule = world.rule("Bare", for_seconds=6)
    page = page_of("admin", f"/rules/{rule.id}")
    page.get_by_label("Fires after").fill("25")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".rule-fired")).to_have_text("Would have fired 1 time. The rule in force: 2.")
    page.get_by_text("Every firing, as a table").first.click()
    [row] = page.locator("details tbody tr").all()
    expect(row).to_contain_text("Door")
    canvas = page.locator(".rule-canvas")
    canvas.focus()
    for key in ("+", "+", "ArrowRight", "0"):
        page.keyboard.press(key)
    expect(page.locator(".rule-draft.rule-firing")).to_have_count(2)  # one in the legend
    page.locator(".rule-span .rule-draft.rule-firing").click()
    page.wait_for_url("**/cameras/camera1?at=*")
    [at] = parse_qs(urlsplit(page.url).query)["at"]
    assert at == "2026-03-02T10:00:30+00:00"


@pytest.fixture
def slow(world: World) -> Iterator[Slow]:
    """A back-test that goes on until it is stopped."""
    made = Slow()
    world.console = replace(world.console, backtest=made)
    yield made
    made.ended.set()


def test_a_long_trial_tells_how_far_it_is_and_is_cancelled(slow: Slow, world: World, page_of: PageOf) -> None:
    rule = world.rule("Bare")
    page = page_of("operator", f"/rules/{rule.id}")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".rule-progress")).to_contain_text("of 1,000,000 pictures")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    assert slow.ended.wait(30)
    expect(page.get_by_role("button", name="Try", exact=True)).to_be_enabled()


def test_the_list_tells_where_a_rule_fires_and_switching_it_off_says_what_that_ends(
    world: World, page_of: PageOf
) -> None:
    door = world.camera("Door")
    rule = world.rule("Bare")
    world.alert(door, rule)
    page = page_of("admin", "/rules")
    row = page.get_by_role("row", name="Bare")
    expect(row).to_contain_text("firing")
    expect(row).to_contain_text("Door")
    page.get_by_role("switch", name="Bare is in force").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("It is firing now (Door): that alert ends")
    dialog.get_by_role("button", name="Switch off").click()
    expect(row).to_contain_text("switched off")
    assert not kept(world, rule).enabled


def test_a_viewer_reads_a_rule_and_changes_nothing(world: World, page_of: PageOf) -> None:
    world.camera("Door")
    rule = world.rule("Bare")
    page = page_of("viewer", f"/rules/{rule.id}")
    expect(page.locator(".rule-says")).to_contain_text("without a mask")
    expect(page.get_by_role("button", name="Try", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.goto("/rules/new")
    expect(page.get_by_role("alert").filter(visible=True)).to_have_text("Your role does not allow this.")


@pytest.fixture
def hook(world: World) -> Iterator[Hook]:
    """A server of somebody's, and a console that really sends."""
    world.console = replace(world.console, messenger=Messenger(Settings(allow_addresses="loopback")))
    with http_receiver() as made:
        yield made


def test_a_receiver_is_added_tested_and_its_address_shown_to_nobody(hook: Hook, page_of: PageOf) -> None:
    page = page_of("admin", "/receivers")
    page.get_by_role("button", name="New receiver").first.click()
    page.get_by_label("Name").fill("Desk")
    page.get_by_label("Kind").select_option(label="Webhook (Alertmanager’s payload, signed)")
    page.get_by_label("Address").fill("nowhere")
    page.get_by_role("button", name="Create receiver").click()
    expect(page.get_by_role("dialog")).to_contain_text("needs a scheme")
    page.get_by_label("Address").fill(f"{hook.url}/T0KEN")
    page.get_by_role("button", name="Create receiver").click()
    row = page.get_by_role("row", name="Desk")
    expect(row).to_contain_text("webhook · 127.0.0.1")
    page.get_by_role("button", name="Test Desk").click()
    expect(row).to_contain_text("The test message was taken.")
    assert len(hook.taken) == 1
    hook.answers.append(Answer(status=410))
    page.get_by_role("button", name="Test Desk").click()
    expect(row).to_contain_text("was not taken: ")
    expect(row).to_contain_text("410")
    page.get_by_role("button", name="Change Desk").click()
    expect(page.get_by_label("Address")).to_have_value("")
    assert "T0KEN" not in page.content()


def test_a_silence_tells_what_it_would_hide_and_is_ended(world: World, page_of: PageOf) -> None:
    door, rule = world.camera("Door"), world.rule("Bare")
    world.camera("Till", site="South")
    world.alert(door, rule)
    page = page_of("operator", f"/silences?rule={rule.id}&camera={door.id}")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hides Bare at Door.")
    expect(dialog).to_contain_text("1 person without a mask at Door")
    dialog.get_by_label("Why").fill("cleaning")
    dialog.get_by_label("How long").select_option(label="4 hours from now")
    dialog.get_by_role("button", name="Silence").click()
    row = page.get_by_role("row", name="Bare · Door")
    expect(row).to_contain_text("for 4 hr more")
    with world.console.repository.begin() as unit:
        [made] = unit.silences.list()
    assert (made.cameras, made.rules, made.comment, made.created_by) == ((door.id,), (rule.id,), "cleaning", "operator")
    assert (made.ends_at - START).total_seconds() == 4 * 3600
    world.clock.pass_(minutes=5)
    page.get_by_role("button", name="End now").click()
    page.get_by_role("alertdialog").get_by_role("button", name="End now").click()
    expect(page.get_by_text("Nothing is silenced.")).to_be_visible()


def kept(world: World, rule: Rule) -> Rule:
    with world.console.repository.begin() as unit:
        return unit.rules.get(rule.id)
