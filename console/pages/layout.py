"""The frame around every page: navigation, theme, who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from console.pages.parts import set_attribute, tag, write
from console.pages.visitor import Visitor
from console.texts import t

PLACES = (
    ("/", "nav.wall", "grid_view"),
    ("/alerts", "nav.alerts", "notifications_active"),
    ("/cameras", "nav.cameras", "videocam"),
    ("/statistics", "nav.statistics", "bar_chart"),
    ("/system", "nav.system", "dns"),
)
THEMES = {"light": False, "dark": True}
_STYLES = '<link rel="stylesheet" href="/assets/tokens.css"><link rel="stylesheet" href="/assets/console.css">'
_IS_DARK = "document.body.classList.contains('body--dark')"
_KEEP_THEME = "document.cookie = 'maskwatch_theme={}; path=/; max-age=31536000; samesite=lax'"


@contextmanager
def frame(visitor: Visitor, *, heading: str, place: str) -> Iterator[None]:
    """Draw the page's content inside; `place` is the path of its entry in the navigation."""
    ui.page_title(f"{heading} · {t('app')}")
    ui.add_head_html(_STYLES)
    ui.colors(primary="#0b5c8a", positive="#00694c", negative="#a83f00", warning="#8a5a00")
    dark = ui.dark_mode(THEMES.get(visitor.theme))
    tag("a", "skip", t("skip"), href="#content")
    with tag("header", "bar"):
        with tag("a", "brand", href="/"):
            tag("img", src="/assets/logo.svg", alt="", width="28", height="28")
            write(t("app"))
        _navigation(place)
        with tag("div", "bar-end"):
            _theme_button(dark)
            _user(visitor)
    with tag("main", "content", id="content", tabindex="-1"):
        yield


def _navigation(place: str) -> None:
    with tag("nav", "nav", aria_label=t("nav.label")):
        for path, key, icon in PLACES:
            link = tag("a", "nav-link", href=path)
            if path == place:
                set_attribute(link, "aria-current", "page")
            with link:
                ui.icon(icon).props("aria-hidden=true")
                write(t(key))


def _theme_button(dark: ui.dark_mode) -> None:
    async def switch() -> None:
        is_dark = not await ui.run_javascript(_IS_DARK)
        dark.set_value(is_dark)
        ui.run_javascript(_KEEP_THEME.format("dark" if is_dark else "light"))

    label = t("theme.toggle")
    ui.button(icon="contrast", on_click=switch).props(f'flat round dense color=white aria-label="{label}"').tooltip(
        label
    )


def _user(visitor: Visitor) -> None:
    name, role = visitor.identity.name, visitor.identity.role.value
    tag("span", "user", name if name == role else f"{name} · {role}")
    with tag("form", method="post", action="/logout"):
        tag("input", type="hidden", name="csrf", value=visitor.csrf)
        with tag("button", "icon-button", type="submit", aria_label=t("nav.logout"), title=t("nav.logout")):
            ui.icon("logout").props("aria-hidden=true")
