"""The page of suspicious labels: one file, thumbnails inlined, decisions saved as CSV from within the browser."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.dataset.formats.labelled import CLASSES
from training.dataset.pixel_cache import Pixels
from training.dataset.review.decisions import COLUMNS
from training.dataset.review.suspicion import Suspicion

SIDE = 160  # pixels of a thumbnail
ROOM = 2.2  # its side in the picture against the box's longer side: what is around explains much
COLOUR = (255, 60, 60)  # of the box
CHOICES = ("keep", *(f"relabel:{name}" for name in CLASSES), "ignore", "drop")
APPLY = "maskwatch data review LABELS --apply decisions.csv --output NEW.json"

STYLE = """
body { font: 14px system-ui, sans-serif; margin: 1.5rem; background: #f6f6f4; color: #222 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 10px }
h2 { grid-column: 1 / -1; margin: 1rem 0 0; font-size: 16px }
article { background: #fff; border: 1px solid #ddd; border-radius: 6px; padding: 8px; overflow-wrap: anywhere }
img { display: block; width: 160px; height: 160px; margin: 0 auto 6px }
select { width: 100%; margin-top: 4px }
button { font: inherit; padding: 4px 10px }
small { color: #555 }
"""

SCRIPT = """
const quoted = text => '"' + text.replaceAll('"', '""') + '"';
document.getElementById("save").addEventListener("click", () => {
  const lines = [COLUMNS];
  for (const choice of document.querySelectorAll("select"))
    lines.push([choice.dataset.file, choice.dataset.annotation, choice.value].map(quoted).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\\n") + "\\n"], {type: "text/csv"}));
  link.download = "decisions.csv";
  link.click();
});
document.getElementById("suggested").addEventListener("click", () => {
  for (const choice of document.querySelectorAll("select")) choice.value = choice.dataset.suggestion;
});
"""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A suspicion and what to look at."""

    suspicion: Suspicion
    thumbnail: bytes  # JPEG


def draw_thumbnail(image: Pixels, box: tuple[float, float, float, float]) -> bytes:
    """The box and what is around it as JPEG; a box that is nowhere shows the picture's middle."""
    height, width = image.shape[:2]
    left, top, right, bottom = np.nan_to_num(np.asarray(box, np.float64))
    half = max(right - left, bottom - top, 16.0) * ROOM / 2
    half = min(half, float(max(width, height)))
    x, y = np.clip((left + right) / 2, 0, width), np.clip((top + bottom) / 2, 0, height)
    scale = SIDE / (2 * half)
    matrix = np.asarray([[scale, 0, SIDE / 2 - x * scale], [0, scale, SIDE / 2 - y * scale]], np.float32)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    drawn = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=flags, borderValue=(220, 220, 220))
    corners = np.asarray([[left, top], [right, bottom]]) * scale + matrix[:, 2]
    first, second = np.clip(corners, -1e4, 1e4).round().astype(int).tolist()
    cv2.rectangle(drawn, first, second, COLOUR, 1)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return encoded.tobytes()


def render(name: str, items: Sequence[Item], *, hidden: int = 0) -> str:
    """The page, items in the order given, with a heading where the doubt changes."""
    more = f", {hidden} more are not shown" if hidden else ""
    script = SCRIPT.replace("COLUMNS", f'"{",".join(COLUMNS)}"')
    return "".join(
        [
            f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Review of {html.escape(name)}</title>',
            f"<style>{STYLE}</style>\n<h1>Suspicious labels of {html.escape(name)}</h1>\n",
            f"<p>{len(items)} labels{more}. Every choice starts at <em>keep</em>. ",
            '<button id="suggested">Take all suggestions</button> <button id="save">Save decisions.csv</button></p>\n',
            f"<p><small>Then: <code>{APPLY}</code></small></p>\n<main>\n",
            *_articles(items),
            f"</main>\n<script>{script}</script>\n</html>\n",
        ]
    )


def _articles(items: Sequence[Item]) -> Iterator[str]:
    heading = None
    for item in items:
        doubt = item.suspicion.doubt
        if doubt is not heading:
            heading = doubt
            count = sum(other.suspicion.doubt is doubt for other in items)
            yield f"<h2>{html.escape(doubt.value.capitalize())} ({count})</h2>\n"
        yield _article(item)


def _article(item: Item) -> str:
    doubtful = item.suspicion
    file, number = html.escape(doubtful.file), html.escape(doubtful.annotation_id)
    label = html.escape(doubtful.label) or "no label"
    picture = base64.b64encode(item.thumbnail).decode()
    choices = "".join(f"<option>{choice}</option>" for choice in CHOICES)
    return (
        f'<article><img alt="{label}" src="data:image/jpeg;base64,{picture}">'
        f"<b>{label}</b> {doubtful.sureness:.2f}<br>suggested: <b>{html.escape(doubtful.suggestion)}</b><br>"
        f"<small>{file}<br>{number}</small>"
        f'<select aria-label="decision" data-file="{file}" data-annotation="{number}" '
        f'data-suggestion="{html.escape(doubtful.suggestion)}">{choices}</select></article>\n'
    )
