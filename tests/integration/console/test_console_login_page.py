"""The login, in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from world import PASSWORD, World

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_told_and_the_right_one_leads_back(open_context, world: World) -> None:
    page = open_context().new_page()
    page.goto("/cameras/none?zoom=2")
    assert urlsplit(page.url).path == "/login"
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/cameras/none?zoom=2")
    page.get_by_role("button", name="You: viewer").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto("/system")
    page.wait_for_url("**/login?next=%2Fsystem")
