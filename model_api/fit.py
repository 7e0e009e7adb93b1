"""What of a face is uncovered.

Until the mask-fit network exists, this is what the label says by its own definition, not a measurement: a face
without a mask shows nose, mouth and chin; of a mask worn wrongly at least the nose is taken to be free. Answers say
so by `"fit": null` among their models.
"""

from __future__ import annotations

from common.domain.prediction import Label

_IMPLIED: dict[Label, tuple[str, ...]] = {
    Label.NO_MASK: ("NOSE", "MOUTH", "CHIN"),
    Label.MASK_INCORRECT: ("NOSE",),
}


def uncovered_by(label: Label) -> tuple[str, ...]:
    """Of NOSE, MOUTH, CHIN: what the label implies; nothing when the mask is worn properly or nobody can tell."""
    return _IMPLIED.get(label, ())
