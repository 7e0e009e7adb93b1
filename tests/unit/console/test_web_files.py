"""The UI's files, read as text: what a browser would stumble over, and what must never stand in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.guard import is_open
from console.web.serve import PAGES, STATIC

SCRIPTS = sorted(STATIC.rglob("*.js"))
STYLES = sorted(STATIC.rglob("*.css"))
IMPORT = re.compile(
    r"^(?:import|export|\}) ?[^'\n]*from '([^'\n]+)';|^import '([^'\n]+)'|\bimport\('([^'\n]+)'\)", re.MULTILINE
)
# Ways to make HTML, styles or code of a string: the policy refuses them, and nothing here tries.
FORBIDDEN = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\.write|createContextualFragment|srcdoc|eval)\b"
    r"|new Function|setTimeout\('|javascript:|setAttribute\('style'|\bcssText\b"
)


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_every_import_is_a_file_of_ours(path: Path) -> None:
    for target in map("".join, IMPORT.findall(path.read_text(encoding="utf-8"))):
        assert target.startswith("."), f"{target} is of somebody else"
        assert (path.parent / target).is_file(), target


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_text_is_made_markup_or_code(path: Path) -> None:
    found = FORBIDDEN.search(path.read_text(encoding="utf-8"))
    assert found is None, found and found.group()


@pytest.mark.parametrize("path", [*STYLES, STATIC / "index.html"], ids=name)
def test_styles_and_the_document_ask_nobody_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|@import|//[a-z]+\.", text)
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)


@pytest.mark.parametrize("path", sorted((STATIC / "pages").iterdir()), ids=lambda path: path.name)
def test_a_page_has_its_texts_and_its_style(path: Path) -> None:
    assert (path / "texts.js").is_file()
    assert (path / "style.css").is_file()


def test_the_server_knows_the_pages_that_the_browser_knows() -> None:
    table = re.findall(r"^  \['/([^'/]*)", (STATIC / "app.js").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(table) == PAGES
    assert [page for page in PAGES - {"login"} if is_open(f"/{page}")] == []


def test_every_page_of_the_table_is_there() -> None:
    rows = re.findall(
        r"^  \['/[^']*', '(\w+)'(?:, '(\w+)')?\]", (STATIC / "app.js").read_text(encoding="utf-8"), re.MULTILINE
    )
    missing = [row for row in rows if not (STATIC / "pages" / row[0] / f"{row[1] or 'page'}.js").is_file()]
    assert missing == []
