"""Titles and texts from templates: ours, or the user's in their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from common.domain.notification import NotificationKind
from common.errors import InvalidInput

log = structlog.get_logger(__name__)

PACKAGED = Path(__file__).with_name("templates")
LANGUAGES = ("en", "zh")
LONGEST = 4000  # characters of a text: what most messengers take


class Texts:
    """One template per language and kind, `LANGUAGE/KIND.txt`: its first line is the title, the rest the text.

    A user's folder may hold any of them. They are sandboxed: a template can neither run code nor read files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Raises InvalidInput when a template of the user's cannot be read or understood."""
        self._ours = _environment(PACKAGED)
        self._theirs = _environment(folder, PACKAGED) if folder is not None else self._ours
        if folder is not None:
            self._check(folder)

    def render(
        self, kind: NotificationKind, facts: Mapping[str, Any], *, language: str, timezone: str
    ) -> tuple[str, str]:
        """Title and text; times are told in `timezone` (an IANA name).

        A user's template that fails on these facts is logged, and ours is taken: somebody must be told.
        """
        name = f"{language if language in LANGUAGES else LANGUAGES[0]}/{kind.value}.txt"
        told = {**facts, "_zone": ZoneInfo(timezone)}
        try:
            return _split(self._theirs.get_template(name).render(told))
        except Exception as exc:
            if self._theirs is self._ours:
                raise
            log.error("template.failed", template=name, error=_sentence(exc))
            return _split(self._ours.get_template(name).render(told))

    def _check(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InvalidInput(f"MASKWATCH_TEMPLATES={str(folder)!r} is no folder")
        known = {path.relative_to(PACKAGED).as_posix() for path in PACKAGED.rglob("*.txt")}
        for path in sorted(folder.rglob("*.txt")):
            name = path.relative_to(folder).as_posix()
            if name not in known:
                raise InvalidInput(f"{path}: there is no message of that name; there are: {', '.join(sorted(known))}")
            try:
                self._theirs.get_template(name)
            except (TemplateError, OSError, UnicodeDecodeError) as exc:
                raise InvalidInput(f"{path} is no template: {_sentence(exc)}") from exc


def _environment(*folders: Path) -> ImmutableSandboxedEnvironment:
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    # Plain text goes out: nothing is escaped here, and a channel that sends HTML escapes it itself.
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=False,
        autoescape=False,
    )
    made.filters["time"] = _told
    made.filters["clock"] = _clock
    return made


@pass_context
def _told(context: Context, at: datetime | None) -> str:
    zone: ZoneInfo = context["_zone"]
    return "?" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


@pass_context
def _clock(context: Context, at: datetime | None) -> str:
    zone: ZoneInfo = context["_zone"]
    return "?" if at is None else f"{at.astimezone(zone):%H:%M:%S}"


def _split(text: str) -> tuple[str, str]:
    title, _, body = text.strip().partition("\n")
    lines = [line.rstrip() for line in body.strip().splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return title.strip(), "\n".join(kept)[:LONGEST]


def _sentence(exc: BaseException) -> str:
    line = getattr(exc, "lineno", None)
    return " ".join(str(exc).split()) + (f" (line {line})" if line else "")
