"""Puts the pages onto the app."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import core, ui

from console.context import Console
from console.pages import alert, alerts, cameras, statistics, system, wall
from console.pages.visitor import Door
from console.texts import t

PAGES = (wall, cameras, alerts, alert, statistics, system)
RECONNECT_SECONDS = 10.0  # a page survives a short loss of the network as it is


def mount_pages(app: FastAPI, console: Console) -> None:
    """Add every page, and the files they are made of, to an app of `create_api`."""
    app.mount("/assets", StaticFiles(directory=str(files("console").joinpath("static"))), name="assets")
    door = Door(console=console, watch=app.state.watch)
    for page in PAGES:
        page.register(door)
    # The library adds to one app of its own, each time. Tests make several consoles in one process, one after another.
    core.app.user_middleware.clear()
    core.app.middleware_stack = None
    ui.run_with(
        app,
        title=t("app"),
        favicon=str(files("console").joinpath("static", "logo.svg")),
        dark=None,
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )
