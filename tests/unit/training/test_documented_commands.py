"""Every training command that the documents show is one that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from training.cli import app

ROOT = Path(__file__).parents[3]
OURS = "train|data|evaluate|export|quantize|runs"
SHOWN = re.compile(rf"(?:maskwatch|-m -- training|-m training) ((?:{OURS}) .*)")


def shown_commands() -> list[str]:
    """The commands in the documents' indented lines, without comments, continued lines joined."""
    found = []
    for path in sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line.partition("#")[0].strip() for line in text.splitlines() if line.startswith("    ")]
        found += [match[1].replace("[", "").replace("]", "") for line in lines if (match := SHOWN.search(line))]
    return found


def test_the_documents_show_commands() -> None:
    assert len(shown_commands()) >= 10


@pytest.mark.parametrize("shown", shown_commands())
def test_a_shown_command_is_taken(shown: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(shown)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands
        command = command.commands[words.pop(0)]
    command.make_context("shown", words)  # an unknown option or a missing argument raises
