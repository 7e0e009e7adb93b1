"""The UI's files, read as text: what a browser would stumble over, and what must never stand in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.guard import is_open
from console.web.serve import PAGES, STATIC

SCRIPTS = sorted(STATIC.rglob("*.js"))
STYLES = sorted(STATIC.rglob("*.css"))
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'""")
ENTRY = re.compile(r"^\s*(?:'([^']+)'|(\w+)):\s+(?:'|`|\")", re.MULTILINE)
# Ways to make HTML, styles or code of a string: the policy refuses them, and nothing here tries.
FORBIDDEN = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\.write|createContextualFragment|srcdoc|eval)\b"
    r"|new Function|setTimeout\('|javascript:|setAttribute\('style'|\bcssText\b"
)
KEY = re.compile(r"""\b(?:t|t\.n|has)\(\s*'([^'$]+)'\s*[,)]""")
PLURAL = re.compile(r"""\bt\.n\(\s*'([^']+)'""")


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def keys_by_language(path: Path) -> dict[str, list[str]]:
    """Of a page's texts: the keys of its `en: {…}` and `zh: {…}`; of core/texts/en.js those of the file."""
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"^  (en|zh): \{$", text, flags=re.MULTILINE)
    if len(parts) == 1:
        return {path.stem: [one or two for one, two in ENTRY.findall(text)]}
    return {
        language: [one or two for one, two in ENTRY.findall(body)]
        for language, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def texts_of(language: str) -> set[str]:
    files = [STATIC / "core/texts/en.js", STATIC / "core/texts/zh.js", *STATIC.rglob("texts.js")]
    files += [path for path in (STATIC / "core/texts").glob("*.js") if path.stem not in ("en", "zh")]
    return {key for path in files for key in keys_by_language(path).get(language, [])}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_every_import_is_a_file_of_ours(path: Path) -> None:
    for target in IMPORT.findall(path.read_text(encoding="utf-8")):
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


@pytest.mark.parametrize("path", sorted((STATIC / "pages").glob("*/texts.js")), ids=lambda path: path.parent.name)
def test_a_page_s_texts_are_complete_in_both_languages_and_its_own(path: Path) -> None:
    keys = keys_by_language(path)
    assert sorted(keys["en"]) == sorted(keys["zh"])
    assert len(set(keys["en"])) == len(keys["en"])
    page = path.parent.name
    assert [key for key in keys["en"] if not key.startswith(f"{page}.")] == []


def test_the_core_s_texts_are_complete_in_both_languages() -> None:
    english, chinese = texts_of("en"), texts_of("zh")
    assert english == chinese
    assert {"nav.wall", "sight.why.stale", "error.conflict"} <= english


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_every_text_that_is_asked_for_by_its_name_exists(path: Path) -> None:
    known = texts_of("en")
    source = path.read_text(encoding="utf-8")
    plurals = set(PLURAL.findall(source))
    for key in KEY.findall(source):
        assert {key, f"{key}.other"} & known, key
    for key in plurals:
        assert {f"{key}.one", f"{key}.other"} <= known, key


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
