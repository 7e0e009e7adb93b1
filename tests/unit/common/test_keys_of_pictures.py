"""Where pictures and faces lie, and what their keys say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from common.domain.crop import crop_key, read_crop_key
from common.domain.shot import Outcome, Shot, blurred_key, image_key, read_image_key, shot_id, shows_blurred, slot_of

AT = datetime(2026, 11, 22, 23, 59, 59, 500_000, tzinfo=UTC)
SHOT = Shot(id=shot_id("cam-1", AT), camera_id="cam-1", scheduled_at=AT, outcome=Outcome.PREDICTED)


@pytest.mark.parametrize("token", [0, 7])
def test_a_key_says_whether_its_picture_is_blurred(token: int) -> None:
    plain = image_key("cam-1", AT, token=token)
    parts = read_image_key(plain)
    assert parts is not None
    assert not parts.is_blurred
    assert read_image_key(blurred_key(plain)) == replace(parts, is_blurred=True)
    assert not shows_blurred(replace(SHOT, image_key=plain))
    assert shows_blurred(replace(SHOT, image_key=blurred_key(plain)))
    assert not shows_blurred(SHOT)


@pytest.mark.parametrize("token", [0, 7])
def test_a_face_lies_under_the_same_key_whichever_picture_names_it(token: int) -> None:
    plain = image_key("cam-1", AT, token=token)
    key = crop_key(plain, 12)
    assert crop_key(blurred_key(plain), 12) == key
    parts = read_crop_key(key)
    assert parts is not None
    assert (parts.camera_id, parts.shot_id, parts.scheduled_at, parts.face) == ("cam-1", SHOT.id, AT, 12)
    assert read_image_key(key) is None
    assert read_crop_key(plain) is None


def test_an_id_says_when_its_slot_was() -> None:
    assert slot_of(SHOT.id) == AT
    assert slot_of("somebody's") is None
