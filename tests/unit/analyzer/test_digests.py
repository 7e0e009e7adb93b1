"""Digests: when they are due, that each is sent once, and what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import simplejpeg
from pictures import BARE, MASKED, START, UNSURE, make_camera

from analyzer.alerting.digests import ask_digests
from analyzer.alerting.notice import tick
from analyzer.alerting.periods import newest_due
from analyzer.notify.chart import COLOURS, LINE, Chart, Column, draw, round_up
from analyzer.notify.compose import Composer
from analyzer.notify.texts import Texts
from common.domain.prediction import Label
from common.domain.receiver import Digest, Receiver, ReceiverKind
from common.domain.shot import Outcome

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = Receiver(
    id="anna",
    name="Anna",
    kind=ReceiverKind.APPRISE,
    url="x",
    digest=Digest.DAILY,
    digest_hour=8,
    timezone="Europe/Berlin",
    created_at=START - timedelta(days=30),
)
WEEKLY = replace(DAILY, digest=Digest.WEEKLY)


def berlin(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def test_a_day_is_told_the_next_morning_at_the_receivers_hour():
    early = newest_due(DAILY, berlin(3, 2, 7, 59))
    assert (early.name, early.start, early.end) == ("daily/2026-02-28", berlin(2, 28), berlin(3, 1))
    due = newest_due(DAILY, berlin(3, 2, 8))
    assert (due.name, due.start, due.end) == ("daily/2026-03-01", berlin(3, 1), berlin(3, 2))
    assert (due.before, due.due_at) == (berlin(2, 28), berlin(3, 2, 8))


def test_a_week_is_told_on_monday():
    sunday = newest_due(WEEKLY, berlin(3, 8, 23))
    assert (sunday.name, sunday.start, sunday.end) == ("weekly/2026-02-23", berlin(2, 23), berlin(3, 2))
    assert newest_due(WEEKLY, berlin(3, 9, 8)).name == "weekly/2026-03-02"


def test_a_day_on_which_clocks_change_is_an_hour_shorter():
    changed = newest_due(DAILY, berlin(3, 30, 9))
    assert changed.end - changed.start == timedelta(hours=23)
    assert newest_due(replace(DAILY, digest_hour=2), berlin(3, 29, 9)).name == "daily/2026-03-28"  # 2 o'clock is none


def test_who_wants_none_gets_none():
    assert newest_due(replace(DAILY, digest=Digest.NEVER), berlin(3, 2, 9)) is None


class Bureau:
    """Receivers, statistics, and the digests that are asked for."""

    def __init__(self, repository, store, *receivers):
        self.repository = repository
        self._ids = count(1)
        self.composer = Composer(store=store, texts=Texts(), external_url="https://watch.example")
        with repository.begin() as unit:
            for receiver in receivers:
                unit.receivers.add(receiver)

    def ask(self, now):
        with self.repository.begin() as unit:
            ask_digests(unit, now=now, new_id=lambda: f"n{next(self._ids)}")

    def keys(self):
        with self.repository.begin() as unit:
            return sorted(one.key for one in unit.notifications.list())

    def write(self):
        with self.repository.begin() as unit:
            [notification] = unit.notifications.list(limit=1)
            return self.composer.compose(unit, notification, unit.receivers.get(notification.receiver_id))

    def count(self, at, *, camera="door", shots=10, alerts=0, acknowledged=0, reaction=0.0, **people):
        labels = {"masked": MASKED, "bare": BARE, "unsure": UNSURE}
        with self.repository.begin() as unit:
            unit.statistics.add(
                camera,
                at,
                shots={Outcome.PREDICTED: shots - 1, Outcome.FAILED: 1},
                people={labels[name]: number for name, number in people.items()},
                alerts=alerts,
                acknowledged=acknowledged,
                reaction_seconds=reaction,
            )


def test_each_period_is_asked_for_once_whoever_asks_and_however_often(repository, store):
    bureau = Bureau(repository, store, DAILY, replace(WEEKLY, id="bo", name="Bo"))
    for _ in range(3):
        bureau.ask(berlin(3, 2, 8))
    assert bureau.keys() == ["digest/anna/daily/2026-03-01", "digest/bo/weekly/2026-02-23"]
    bureau.ask(berlin(3, 3, 7, 59))
    assert len(bureau.keys()) == 2
    tick(repository, now=berlin(3, 5, 9), new_id=lambda: "t1")  # what was missed meanwhile is not made up for
    assert bureau.keys()[:2] == ["digest/anna/daily/2026-03-01", "digest/anna/daily/2026-03-04"]


def test_a_new_receiver_waits_for_its_first_period_and_a_disabled_one_for_ever(repository, store):
    new = replace(DAILY, created_at=berlin(3, 2, 12))
    bureau = Bureau(repository, store, new, replace(DAILY, id="off", name="Off", enabled=False))
    bureau.ask(berlin(3, 2, 13))
    assert bureau.keys() == []
    bureau.ask(berlin(3, 3, 8))
    assert bureau.keys() == ["digest/anna/daily/2026-03-02"]


@pytest.fixture
def monday(repository, store):
    """A day at two sites, and the day before."""
    bureau = Bureau(repository, store, DAILY)
    with repository.begin() as unit:
        unit.cameras.add(make_camera(site="Shop 1"))
        unit.cameras.add(make_camera(id="till", name="Till", site="Shop 2"))
    bureau.count(berlin(3, 1, 9), masked=30, bare=10, unsure=2, alerts=3, acknowledged=2, reaction=150)
    bureau.count(berlin(3, 1, 23, 30), masked=45, bare=15, camera="till", shots=30)
    bureau.count(berlin(2, 28, 23), masked=20, bare=20, alerts=1)
    bureau.count(berlin(3, 2, 0), masked=1000)  # not of that day
    bureau.ask(berlin(3, 2, 8))
    return bureau


def test_it_tells_the_figures_beside_those_of_the_day_before(monday):
    message = monday.write()
    assert message.title == "Masks on 2026-03-01: 75.0 % worn properly"
    assert message.body.splitlines() == [
        "People: 102 (40 the day before)",
        "- No mask: 25",
        "- Worn wrongly: 0",
        "- Worn properly: 75",
        "- Uncertain: 2",
        "Worn properly: 75.0 % of the 100 who could be judged (95 % interval: 65.7 % to 82.5 %), 50.0 % the day before",
        "Pictures looked at: 95.0 % of 40",
        "Alerts: 3 (1 the day before), 2 acknowledged after 1 min 15 s on average",
        "",
        "Shop 2: 60 people, 75.0 % worn properly, 0 alerts, 96.7 % of pictures looked at",
        "Shop 1: 42 people, 75.0 % worn properly, 3 alerts, 90.0 % of pictures looked at",
    ]
    assert message.link == "https://watch.example/statistics"


def test_its_chart_shows_the_hours_of_the_day(monday):
    message = monday.write()
    assert [column.name for column in message.shown.columns] == [str(hour) for hour in range(24)]
    assert message.shown.columns[9].counts[MASKED] == 30
    assert message.shown.columns[23].counts[BARE] == 15
    assert message.shown.columns[23].share == 0.75
    assert monday.composer.illustrate(message).picture == draw(message.shown)


def test_the_same_in_chinese_and_without_a_chart(monday):
    with monday.repository.begin() as unit:
        unit.receivers.update(replace(DAILY, language="zh", with_picture=False))
    message = monday.write()
    assert message.title == "2026-03-01 口罩统计：规范佩戴率 75.0 %"
    assert "规范佩戴率：可判断的 100 人中 75.0 %" in message.body
    assert "已确认 2，平均反应时间 1 分钟 15 秒" in message.body
    assert message.shown is None


def test_a_week_is_told_by_days_and_one_site_by_cameras(repository, store):
    bureau = Bureau(repository, store, WEEKLY)
    with repository.begin() as unit:
        unit.cameras.add(make_camera())
    bureau.count(berlin(2, 24, 0), masked=3)
    bureau.count(berlin(3, 1, 23), masked=4, bare=1)
    bureau.count(berlin(3, 1, 23), camera="gone", unsure=1)
    bureau.ask(berlin(3, 2, 8))
    message = bureau.write()
    assert message.title == "Masks from 2026-02-23 to 2026-03-01: 87.5 % worn properly"
    assert message.body.splitlines()[-2:] == [
        "Main door: 8 people, 87.5 % worn properly, 0 alerts, 90.0 % of pictures looked at",
        "Others: 1 person, 0 alerts, 90.0 % of pictures looked at",
    ]
    assert [sum(column.counts.values()) for column in message.shown.columns] == [0, 3, 0, 0, 0, 0, 6]


def test_a_day_without_anything_is_told_as_such(repository, store):
    bureau = Bureau(repository, store, DAILY)
    bureau.ask(berlin(3, 2, 8))
    message = bureau.write()
    assert message.title == "Masks on 2026-03-01: nobody was judged"
    assert "Pictures looked at: none were due" in message.body
    assert simplejpeg.decode_jpeg(bureau.composer.illustrate(message).picture).shape == (440, 960, 3)


def test_the_chart_stacks_labels_to_scale():
    counts = {Label.NO_MASK: 10, Label.MASK_CORRECT: 30}
    chart = Chart(
        title="People 2026-03-01",
        names={label: label.value for label in Label},
        line_name="share",
        columns=[Column(name="8", counts=counts, share=0.75), Column(name="9", counts={}, share=None)],
    )
    pixels = simplejpeg.decode_jpeg(draw(chart)).astype(int)
    bars = pixels[90:399, 100:220]  # beside the point of the line
    heights = {label: _rows_of(bars, colour) for label, colour in COLOURS.items()}
    assert heights[Label.MASK_CORRECT] == pytest.approx(3 * heights[Label.NO_MASK], abs=6)
    assert heights[Label.UNCERTAIN] == 0
    assert _rows_of(pixels[90:399], LINE) > 0


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (3, 4), (5, 8), (41, 80), (80, 80), (1001, 2000)])
def test_the_axis_ends_at_a_round_number(highest, top):
    assert round_up(highest) == top


def _rows_of(pixels, colour):
    """In how many rows there is this colour."""
    return int(np.any(np.abs(pixels - np.array(colour)).max(axis=2) < 30, axis=1).sum())
