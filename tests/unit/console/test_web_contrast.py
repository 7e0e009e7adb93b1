"""Text can be read on its ground, in light and dark: WCAG 2.2, 1.4.3 (4.5:1) and 1.4.11 (3:1 for controls)."""

from __future__ import annotations

import re

import pytest

from console.web.serve import STATIC

TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\(([^()]+)\);", TOKENS))
SINGLE = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", TOKENS))
ON_MARKS = "#10161c"  # the words on a label's colour
GROUNDS = ("ground", "panel", "panel-2")
TEXTS = [
    *((ink, ground) for ink in ("ink", "ink-2", "accent") for ground in GROUNDS),
    *((state, f"{state}-ground") for state in ("good", "warn", "bad", "calm", "accent")),
    *((f"{button}-ink", button) for button in ("accent", "danger")),
    *((state, "panel") for state in ("good", "warn", "bad")),
    ("ink", "calm-ground"),
]


def colour(token: str, theme: int) -> str:
    return PAIRS[token].split(", ")[theme] if token in PAIRS else SINGLE[token]


def luminance(colour: str) -> float:
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_read_on_its_ground(theme: int) -> None:
    ratios = {pair: contrast(*(colour(token, theme) for token in pair)) for pair in TEXTS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}
    assert contrast(colour("line-strong", theme), colour("panel", theme)) >= 3


def test_what_a_face_wears_is_read_on_its_colour() -> None:
    marks = ("no_mask", "mask_incorrect", "mask_correct", "uncertain")
    assert {mark: contrast(SINGLE[mark], ON_MARKS) >= 4.5 for mark in marks} == dict.fromkeys(marks, True)
    for sheet in ("console.css", "pages/camera/style.css"):
        rules = re.findall(r"\n([^\n{]*no_mask[^\n{]*)\{([^}]*)\}", (STATIC / sheet).read_text(encoding="utf-8"))
        assert [name for name, rule in rules if re.search(r"(color|fill): #fff", rule)] == [], sheet
