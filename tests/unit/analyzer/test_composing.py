"""What people read: messages made of alerts as they are stored, with their pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simplejpeg
from pictures import BARE, MASKED, START, UNSURE, at, make_camera, make_face, make_prediction, make_rule

from analyzer.accounting import predicted_shot
from analyzer.alerts import raise_alert
from analyzer.notify.compose import Composer
from analyzer.notify.texts import Texts
from common.domain.alert import AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Zone
from common.domain.event import Event, EventState
from common.domain.notification import Notification, NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Condition, Trouble
from common.errors import NotFound

FIRING, RISING = NotificationKind.FIRING, NotificationKind.RISING
RESOLVED, ESCALATED = NotificationKind.RESOLVED, NotificationKind.ESCALATED
SCALE = 3  # stored pictures are so much larger than those of `pictures`
ANNA = Receiver(id="anna", name="Anna", kind=ReceiverKind.APPRISE, url="x", timezone="Europe/Berlin", created_at=START)


class Newsroom:
    """Cameras, rules and alerts that are stored, and what is written of them."""

    def __init__(self, repository, store):
        self.repository, self.store = repository, store
        self.composer = Composer(
            store=store, texts=Texts(), external_url="https://watch.example/", clock=lambda: at(100)
        )
        self.rule = make_rule(name="Without a mask")
        with repository.begin() as unit:
            for name, site in (("door", "Shop 1"), ("till", "Shop 1"), ("yard", "")):
                unit.cameras.add(make_camera(id=name, name=name.title(), site=site, location=""))
            unit.rules.add(self.rule)
            unit.groups.save(AlertGroup(id="g", key="g", rule_id="rule", place="Shop 1", opened_at=START))

    def change_camera(self, camera_id, **fields):
        with self.repository.begin() as unit:
            unit.cameras.update(replace(unit.cameras.get(camera_id), **fields))

    def see(self, prediction):
        """Store a picture of noise, in which every change is seen."""
        pixels = np.random.default_rng(7).integers(0, 255, (100 * SCALE, 200 * SCALE, 3), np.uint8)
        self.store.put(prediction.image_key, simplejpeg.encode_jpeg(pixels, quality=95))
        grown = replace(
            prediction,
            width=200 * SCALE,
            height=100 * SCALE,
            faces=tuple(replace(face, box=tuple(SCALE * side for side in face.box)) for face in prediction.faces),
        )
        with self.repository.begin() as unit:
            unit.shots.record(predicted_shot(grown))
            unit.predictions.add(grown)
        return grown

    def alert(self, seconds, *labels, camera="door", rule=None, people=None, faces=None, **fields):
        """An alert that fired then on a picture of people with these labels."""
        rule = rule or self.rule
        made = make_prediction(seconds, *labels, camera_id=camera)
        seen = self.see(made if faces is None else replace(made, faces=faces)) if camera and labels else None
        event = Event(
            id=f"{camera}{seconds}",
            rule_id=rule.id,
            camera_id=camera,
            state=EventState.FIRING,
            started_at=at(seconds - 6),
            fired_at=at(seconds),
            last_true_at=at(seconds),
            evaluated_at=at(seconds),
            peak_count=labels.count(BARE) if people is None else people,
            snapshot_id=seen.snapshot_id if seen else "",
        )
        with self.repository.begin() as unit:
            place = unit.cameras.get(camera) if camera else None
            alert = replace(
                raise_alert(event, rule, place, image_key=seen.image_key if seen else ""), group_id="g", **fields
            )
            unit.events.save(event)
            unit.alerts.save(alert)
        return alert

    def write(self, kind, *alerts, receiver=ANNA, **facts):
        notification = Notification(
            id="n",
            key="k",
            receiver_id=receiver.id,
            kind=kind,
            group_id="g",
            alert_ids=tuple(alert.id for alert in alerts),
            facts={"place": "Shop 1", **facts},
            created_at=at(0),
            due_at=at(0),
        )
        with self.repository.begin() as unit:
            return self.composer.compose(unit, notification, receiver)

    def picture(self, message):
        return simplejpeg.decode_jpeg(self.composer.illustrate(message).picture)


@pytest.fixture
def newsroom(repository, store):
    return Newsroom(repository, store)


def test_an_alarm_on_one_camera(newsroom):
    uncovered = replace(make_face(BARE, (40, 30, 70, 60)), uncovered=("NOSE", "MOUTH"))
    alert = newsroom.alert(0, BARE, faces=(uncovered,))
    message = newsroom.write(FIRING, alert, count=1, place="Door")
    assert message.title == "1 person without a mask at Door"
    assert message.body.splitlines() == [
        "1 person without a mask for 6 s at Door (Shop 1)",
        "Since 2026-03-02 09:59:54 CET (fired 10:00:00). Uncovered: nose, mouth",
        "Rule: Without a mask",
    ]
    assert message.link == f"https://watch.example/alerts/{alert.id}"
    assert message.group.id == "g"


def test_an_alarm_on_several_cameras_of_a_site_names_each_and_how_many_are_there(newsroom):
    alerts = [newsroom.alert(0, BARE, BARE), newsroom.alert(5, BARE, camera="till")]
    message = newsroom.write(FIRING, *alerts, count=3)
    assert message.title == "3 people without a mask at Shop 1"
    assert message.body.splitlines()[:2] == ["Till (Shop 1)", "Door (Shop 1): 2"]
    assert message.shown.image_key == alerts[1].image_key  # what is new


def test_more_people_than_were_told_of(newsroom):
    alerts = [newsroom.alert(0, BARE, BARE), newsroom.alert(5, BARE, camera="till")]
    message = newsroom.write(RISING, *alerts, count=3)
    assert message.title == "More now: 3 people without a mask at Shop 1"
    assert message.shown.image_key == alerts[0].image_key  # the moment with the most people


def test_nobody_reacts(newsroom):
    message = newsroom.write(ESCALATED, newsroom.alert(0, BARE), count=1, waited_seconds=600)
    assert message.title == "Nobody reacts: 1 person without a mask at Shop 1"
    assert (
        "Since 2026-03-02 09:59:54 CET (fired 10:00:00); nobody acknowledged it for 10 min."
        in message.body.splitlines()
    )


def test_the_all_clear_tells_from_when_to_when(newsroom):
    over = {"state": AlertState.RESOLVED, "resolved_at": at(90)}
    message = newsroom.write(RESOLVED, newsroom.alert(0, BARE, **over), count=1)
    assert message.title == "Over: Without a mask at Shop 1"
    assert message.body.splitlines() == [
        "1 person without a mask for 6 s at Door (Shop 1)",
        "From 2026-03-02 09:59:54 CET to 2026-03-02 10:01:30 CET",
    ]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("no_pictures", "No more pictures came: nobody knows whether it goes on."),
        ("withdrawn", "Pictures that came late show that there was no reason for this alert."),
        ("camera_off", "The camera was switched off."),
    ],
)
def test_an_all_clear_without_a_picture_of_it_says_why(newsroom, reason, sentence):
    over = {"state": AlertState.RESOLVED, "resolved_at": at(90), "reason": reason}
    assert newsroom.write(RESOLVED, newsroom.alert(0, BARE, **over)).body.splitlines()[-1] == sentence


@pytest.mark.parametrize(
    ("trouble", "camera", "title", "sentence"),
    [
        (Trouble.CAMERA_DOWN, "yard", "Camera down at Yard", "No picture can be taken for 6 s at Yard"),
        (Trouble.CAMERA_DEGRADED, "yard", "Camera gives bad pictures at Yard", "Most pictures are no use"),
        (Trouble.QUEUE_LAG, "", "Pictures wait too long", "Pictures wait too long to be judged for 6 s"),
    ],
)
def test_a_trouble_reads_well(newsroom, trouble, camera, title, sentence):
    rule = make_rule(id=trouble.value, name="Trouble", condition=Condition(trouble=trouble, seconds_above=60))
    with newsroom.repository.begin() as unit:
        unit.rules.add(rule)
    alert = newsroom.alert(0, camera=camera, rule=rule, people=1)
    message = newsroom.write(FIRING, alert, count=1, place=camera.title())
    assert message.title == title
    assert message.body.startswith(sentence)
    assert newsroom.composer.illustrate(message).picture is None


def test_the_same_in_chinese(newsroom):
    chinese = replace(ANNA, language="zh", timezone="Asia/Shanghai")
    alerts = [newsroom.alert(0, BARE, BARE), newsroom.alert(5, BARE, camera="till")]
    message = newsroom.write(FIRING, *alerts, count=3, receiver=chinese)
    assert message.title == "Shop 1：3 人未戴口罩"
    assert message.body.splitlines() == [
        "开始时间：2026-03-02 16:59:54 CST（17:00:00 触发）",
        "Till (Shop 1)",
        "Door (Shop 1): 2",
        "规则：Without a mask",
    ]
    waited = newsroom.write(ESCALATED, *alerts, count=3, waited_seconds=3660, receiver=chinese)
    assert waited.title == "Shop 1：无人处理，3 人未戴口罩"
    assert "1 小时 1 分钟内无人确认。" in waited.body


def test_the_picture_frames_who_is_concerned_and_nobody_else(newsroom):
    message = newsroom.write(FIRING, newsroom.alert(0, BARE, MASKED), count=1)
    drawn = newsroom.picture(message).astype(int)
    assert drawn.shape[1] == 200 * SCALE
    assert drawn.shape[0] > 100 * SCALE  # place and time below
    assert _is_framed(drawn, 0)
    assert not _is_framed(drawn, 40 * SCALE)


def test_where_faces_are_private_they_cannot_be_recognised(newsroom):
    newsroom.change_camera("door", blur_faces=True)
    message = newsroom.write(FIRING, newsroom.alert(0, BARE, MASKED), count=1)
    drawn = newsroom.picture(message).astype(int)
    for left in (0, 40 * SCALE):  # both of them
        face = drawn[30 * SCALE : 60 * SCALE, left + 6 : left + 30 * SCALE - 6]
        assert np.abs(np.diff(face, axis=1)).mean() < 8
    background = drawn[70 * SCALE : 95 * SCALE, 100 * SCALE :]
    assert np.abs(np.diff(background, axis=1)).mean() > 30


def test_faces_in_other_zones_are_not_concerned_and_unsure_ones_stand_in(newsroom):
    left = Zone(name="Queue", polygon=((0, 0), (0.18, 0), (0.18, 1), (0, 1)))
    newsroom.change_camera("door", zones=(left,))
    rule = replace(newsroom.rule, zone="Queue")
    with newsroom.repository.begin() as unit:
        unit.rules.update(rule)
    message = newsroom.write(FIRING, newsroom.alert(0, UNSURE, BARE), count=1)
    drawn = newsroom.picture(message).astype(int)
    assert _is_framed(drawn, 0)  # several pictures together say that they wear none
    assert not _is_framed(drawn, 40 * SCALE)


def test_what_was_removed_meanwhile_is_not_told(newsroom):
    alert = newsroom.alert(0, BARE)
    with newsroom.repository.begin() as unit:
        unit.rules.remove("rule")
    message = newsroom.write(FIRING, alert, count=1)
    assert message.title == "1 person at Shop 1"
    assert "Rule" not in message.body
    with newsroom.repository.begin() as unit:
        unit.cameras.remove("door")
    message = newsroom.write(FIRING, alert, count=1)
    assert message.body.startswith("1 person without a mask for 6 s at Door")
    assert newsroom.picture(message).shape[1] == 200 * SCALE  # of which nobody knows whether its faces are private
    missing = replace(alert, id="gone")
    with pytest.raises(NotFound, match="were removed"):
        newsroom.write(FIRING, missing)


def test_a_picture_that_is_gone_keeps_no_message_back(newsroom):
    alert = newsroom.alert(0, BARE)
    message = newsroom.write(FIRING, alert, count=1)
    newsroom.store.delete([alert.image_key])
    assert newsroom.composer.illustrate(message) == message
    newsroom.store.put(alert.image_key, b"no picture")
    assert newsroom.composer.illustrate(message).picture is None


def test_who_wants_no_picture_gets_none(newsroom):
    message = newsroom.write(FIRING, newsroom.alert(0, BARE), count=1, receiver=replace(ANNA, with_picture=False))
    assert newsroom.composer.illustrate(message).picture is None


def _is_framed(drawn, left):
    """Whether the face of 30 x 30 px there has a frame of the mark's colour at its right side."""
    column = drawn[40 * SCALE : 50 * SCALE, left + 30 * SCALE : left + 30 * SCALE + 6].reshape(-1, 3)
    return bool(np.any(np.abs(column - np.array((213, 94, 0))).max(axis=1) < 60) and column[:, 2].mean() < 80)
