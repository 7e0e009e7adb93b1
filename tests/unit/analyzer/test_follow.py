"""People across pictures that lie seconds apart; a picture is 1280 x 720 pixels, a face 40 x 50."""

from array import array
from datetime import timedelta

from pictures import BARE, MASKED, START, UNSURE
from pydantic import TypeAdapter

from analyzer.sightings.follow import Look, Person, follow, references, sighting_of
from common.domain.prediction import Face

RED, GREEN = (array("b", [100, *[0] * 22, *colours]).tobytes() for colours in ([0, 90, 60] * 3, [0, -90, 60] * 3))


def face(x, y=300.0, label=BARE, width=40.0, sure=0.9):
    rest = (1 - sure) / 2
    shares = {each: sure if each == label else rest for each in ("no_mask", "mask_incorrect", "mask_correct")}
    box = (x - width / 2, y - width * 0.625, x + width / 2, y + width * 0.625)
    return Face(box=box, score=0.9, landmarks=(), label=label, probabilities=shares)


def look(seconds, *faces, zones=()):
    return Look(
        camera_id="door",
        snapshot_id=f"door-{seconds}",
        at=START + timedelta(seconds=seconds),
        width=1280,
        height=720,
        faces=tuple(enumerate(faces)),
        zones=zones,
    )


def watch(*looks, appearances=None):
    """The people seen in each look, by what was said of them there."""
    people, seen = (), []
    for each in looks:
        step = follow(people, each, appearances or {})
        people = step.people
        seen.append(step.seen)
    return seen


def ids(seen):
    return [[person.id for person in each] for each in seen]


def test_who_stands_there_is_one_person():
    seen = watch(*(look(5 * shot, face(600 + 7 * (-1) ** shot)) for shot in range(20)))
    assert {person.id for each in seen for person in each} == {"door-0-0"}
    assert seen[-1][0].shots == 20


def test_who_walks_on_is_the_same_however_far_the_boxes_are_apart():
    first, second, third = ids(watch(look(0, face(200)), look(2, face(450)), look(4, face(700))))
    assert first == second == third


def test_two_who_walk_past_each_other_keep_to_their_course():
    crossing = [look(2 * shot, face(200 + 150 * shot, 300), face(1000 - 150 * shot, 330)) for shot in range(6)]
    assert all(each == ["door-0-0", "door-0-1"] for each in ids(watch(*crossing)))


def test_a_face_of_another_size_is_somebody_else():
    first, second = ids(watch(look(0, face(600)), look(1, face(600, width=150))))
    assert first != second


def test_who_looks_aside_is_still_the_same():
    first, _, last = ids(watch(look(0, face(600)), look(2), look(4, face(605))))
    assert first == last


def test_who_looks_aside_for_longer_is_known_by_their_looks():
    looks = look(0, face(600)), look(5), look(10), look(15, face(605))
    first, *_, last = ids(watch(*looks, appearances={"door-0": (RED,), "door-15": (RED,)}))
    assert first == last


def test_a_face_cut_by_the_border_is_told_by_its_place_alone():
    leaving = Face(box=(0, 280, 20, 330), score=0.6, landmarks=(), label=UNSURE, probabilities={})
    shown = {"door-0": (RED,), "door-1": (GREEN,)}
    first, last = ids(watch(look(0, face(150, width=60)), look(1, leaving), appearances=shown))
    assert first == last


def test_who_was_not_found_for_long_is_forgotten():
    people = follow((), look(0, face(600)), {}).people
    for shot in range(1, 13):
        people = follow(people, look(2 * shot), {}).people
    assert people == ()


def test_after_a_long_break_nobody_is_the_same():
    first, second = ids(watch(look(0, face(600)), look(600, face(600))))
    assert first != second


def test_two_look_alike_by_place_but_not_by_their_clothes():
    looks = look(0, face(600)), look(10, face(640))
    same = {"door-0": (RED,), "door-10": (RED,)}
    other = {"door-0": (RED,), "door-10": (GREEN,)}
    first, second = ids(watch(*looks, appearances=same))
    assert first == second
    first, second = ids(watch(*looks, appearances=other))
    assert first != second


def test_clothes_tell_who_is_who_when_two_change_places():
    looks = look(0, face(500), face(700)), look(10, face(510), face(690))
    shown = {"door-0": (RED, GREEN), "door-10": (GREEN, RED)}
    assert ids(watch(*looks, appearances=shown))[1] == ["door-0-1", "door-0-0"]


def test_appearances_of_another_kind_are_as_none():
    looks = look(0, face(600)), look(2, face(620))
    assert ids(watch(*looks, appearances={"door-0": (b"x",), "door-2": (b"y",)})) == ids(watch(*looks))


def test_only_the_newest_appearances_are_asked_for():
    people = ()
    for shot in range(6):
        people = follow(people, look(2 * shot, face(600)), {}).people
    assert references(people) == {"door-6", "door-8", "door-10"}


def test_one_picture_is_not_enough_to_say_anything():
    [[person]] = watch(look(0, face(600)))
    assert person.label is UNSURE


def test_two_pictures_are():
    assert [person.label for [person] in watch(look(0, face(600)), look(5, face(600)))] == [UNSURE, BARE]


def test_the_zones_of_all_pictures_are_kept():
    seen = watch(look(0, face(600), zones=(("door",),)), look(2, face(640), zones=(("till", "door"),)))
    assert seen[-1][0].zones == ("door", "till")


def test_the_best_picture_is_kept():
    seen = watch(look(0, face(600)), look(2, face(600, width=46)), look(4, face(600, width=40)))
    assert sighting_of(seen[-1][0], "door").snapshot_id == "door-2"


def test_people_survive_as_json():
    people = watch(look(0, face(600, label=MASKED)), look(2, face(610)))[-1]
    adapter = TypeAdapter(tuple[Person, ...])
    assert adapter.validate_json(adapter.dump_json(people)) == people
