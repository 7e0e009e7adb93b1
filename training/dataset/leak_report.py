"""The leak check as a page to read."""

from __future__ import annotations

from typing import Any

from training.dataset.near_duplicates import MIN_LIKENESS

HEAD = """# Do training pictures show what the validation pictures show?
Written by `maskwatch data check --report FILE`; the method is in `training/dataset/` (`candidates.py`, `alignment.py`,
`leaks.py`). Every training picture is compared with every picture of `masks/val.json`, and every face with every face:
thumbnails of the whole and of windows, mirrored too, name candidates; these are laid onto each other, and the fine
structure that both show must correlate at {threshold} or more. The training picture of each pair below is left out.

| training pictures in | leaking | decision |
|---|---|---|
"""

BETWEEN = """
{held_out} validation pictures are concerned. {open}

The same person on another photo, or another moment of one event, is no near-duplicate and stays in: a face check by
identity would be needed to find those.

| training picture | validation picture | both show | likeness | mirrored | decision |
|---|---|---|---|---|---|
"""


def describe(checked: dict[str, Any]) -> str:
    """The page for what `check_data` and `check_leaks` found, as Markdown."""
    leaks = checked["leaks"]
    unlisted = set(leaks["not_excluded"])
    rows = [f"| `{folder}/` | {count} | {_decision(count)} |\n" for folder, count in leaks["files"].items()]
    told = f"{len(unlisted)} of these files are NOT excluded yet." if unlisted else "All of these files are excluded."
    pairs = [_row(pair, unlisted) for pair in leaks["pairs"]]
    head = HEAD.format(threshold=MIN_LIKENESS)
    return head + "".join(rows) + BETWEEN.format(held_out=leaks["held_out"], open=told) + "".join(pairs)


def _decision(count: int) -> str:
    return "left out of training" if count else "nothing to do"


def _row(pair: dict[str, Any], unlisted: set[str]) -> str:
    file = f"{pair['folder']}/{pair['file']}"
    decision = "NOT excluded" if file in unlisted else "excluded"
    mirrored = "yes" if pair["is_mirrored"] else "no"
    shared = f"the same {pair['shared']}"
    return f"| {file} | {pair['held_out']} | {shared} | {pair['likeness']:.3f} | {mirrored} | {decision} |\n"
