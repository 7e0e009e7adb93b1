"""Which faces count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import BARE, MASKED, make_camera, make_face, make_prediction

from analyzer.zones import look_at
from common.domain.camera import Zone, ZoneMode
from common.domain.watched import contains

SQUARE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
HORSESHOE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.7, 1.0), (0.7, 0.3), (0.3, 0.3), (0.3, 1.0), (0.0, 1.0))
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
RIGHT = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))

IN_LEFT = make_face(BARE, (40, 40, 60, 60))
IN_RIGHT = make_face(MASKED, (140, 40, 160, 60))


def look(**camera_fields):
    seen = look_at(make_camera(**camera_fields), make_prediction(0, faces=(IN_LEFT, IN_RIGHT)))
    return tuple(face for _place, face in seen.faces)


@pytest.mark.parametrize(
    ("polygon", "point", "expected"),
    [
        (SQUARE, (0.5, 0.5), True),
        (SQUARE, (0.1, 0.5), False),
        (SQUARE, (0.9, 0.5), False),
        (SQUARE, (0.5, 0.9), False),
        (HORSESHOE, (0.15, 0.6), True),
        (HORSESHOE, (0.5, 0.6), False),
        (HORSESHOE, (0.85, 0.6), True),
        ((), (0.5, 0.5), False),
    ],
)
def test_a_point_lies_inside_or_outside_also_of_a_concave_zone(polygon, point, expected):
    assert contains(polygon, point) is expected


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_two_zones_that_share_a_border_split_the_picture_between_them(x, y):
    assert contains(LEFT, (x, y)) != contains(RIGHT, (x, y))


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 7))
def test_it_does_not_matter_with_which_corner_a_zone_begins(x, y, start):
    assert contains(HORSESHOE[start:] + HORSESHOE[:start], (x, y)) == contains(HORSESHOE, (x, y))


def test_every_face_counts_where_there_are_no_zones():
    assert look() == (IN_LEFT, IN_RIGHT)


def test_a_face_in_an_ignore_zone_never_counts():
    assert look(zones=(Zone(name="poster", polygon=LEFT, mode=ZoneMode.IGNORE),)) == (IN_RIGHT,)


def test_with_a_watch_zone_only_faces_inside_it_count():
    assert look(zones=(Zone(name="till", polygon=LEFT),)) == (IN_LEFT,)


def test_an_ignore_zone_wins_over_a_watch_zone():
    zones = (Zone(name="all", polygon=HORSESHOE), Zone(name="poster", polygon=LEFT, mode=ZoneMode.IGNORE))
    assert IN_LEFT not in look(zones=zones)


def test_smaller_faces_do_not_count_and_the_others_keep_their_places():
    small = make_face(BARE, (0, 0, 30, 19.5))
    seen = look_at(make_camera(min_face_px=20), make_prediction(0, faces=(small, IN_LEFT)))
    assert seen.faces == ((1, IN_LEFT),)


def test_each_face_has_the_names_of_the_watch_zones_it_lies_in():
    zones = (Zone(name="left", polygon=LEFT), Zone(name="right", polygon=RIGHT), Zone(name="all", polygon=HORSESHOE))
    seen = look_at(make_camera(zones=zones), make_prediction(0, faces=(IN_LEFT, IN_RIGHT)))
    assert [seen.zones_of(position) for position in (0, 1)] == [("left", "all"), ("right", "all")]
    assert look_at(make_camera(), make_prediction(0, faces=(IN_LEFT,))).zones_of(0) == ()


def test_in_a_picture_without_a_size_nothing_lies_in_a_zone():
    zones = (Zone(name="poster", polygon=LEFT, mode=ZoneMode.IGNORE),)
    assert look_at(make_camera(zones=zones), make_prediction(0, faces=(IN_LEFT,), width=0)).faces == ((0, IN_LEFT),)
