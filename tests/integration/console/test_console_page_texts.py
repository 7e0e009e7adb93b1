"""The texts of all pages, as a browser reads them: complete in both languages, and there wherever one is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.web.serve import STATIC

pytestmark = pytest.mark.browser

# By its name, not by one that is put together: t('wall.title'), t.n('rules.count', …).
ASKED = re.compile(r"(?<![.\w])t(\.n)?\(\s*'([^'$]+)'\s*[,)]")
COUNTED = {"count"}  # "one camera" has no number in it
PLACEHOLDER = re.compile(r"\{(\w+)\}")
COLLECT = """
async ([paths, asked]) => {
  const core = {};
  for (const language of ['en', 'zh']) core[language] = (await import(`/assets/core/texts/${language}.js`)).default;
  const books = { core };
  const texts = await import('/assets/core/texts.js');
  for (const path of paths) {
    const found = (await import(`/assets/${path}`)).default;  // what a module adds by itself, it adds now
    if (!found?.en || !found?.zh) continue;
    books[path] = found;
    texts.add(found);
  }
  return { books, missing: asked.filter((key) => !texts.has(key)) };
}
"""


def asked_in(path: Path) -> set[str]:
    found = ASKED.findall(path.read_text(encoding="utf-8"))
    return {f"{key}.other" if plural else key for plural, key in found}


def test_texts_are_complete_in_both_languages_and_there_where_they_are_asked_for(open_context) -> None:
    page = open_context().new_page()
    page.goto("/login")
    modules = [path for path in sorted(STATIC.rglob("*.js")) if path.name not in ("theme.js", "app.js")]
    asked = {key: path.name for path in modules for key in asked_in(path)}
    found = page.evaluate(COLLECT, [[path.relative_to(STATIC).as_posix() for path in modules], list(asked)])
    assert {key: asked[key] for key in found["missing"]} == {}
    assert len(found["books"]) > 2
    for name, book in found["books"].items():
        assert sorted(book["en"]) == sorted(book["zh"]), name
        for key, text in book["en"].items():
            asked_for, other = set(PLACEHOLDER.findall(text)), set(PLACEHOLDER.findall(book["zh"][key]))
            assert asked_for - COUNTED == other - COUNTED, key
