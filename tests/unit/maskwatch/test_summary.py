from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot, shot_id
from common.domain.sighting import Sighting
from common.ports.clock import utc_now
from maskwatch.summary import Summary, summarize

GOOD = Summary(
    shots=Counter({Outcome.PREDICTED: 29, Outcome.FAILED: 1}),
    faces=Counter({Label.NO_MASK: 40}),
    people=Counter({Label.NO_MASK: 2}),
    events=1,
    alerts_fired=1,
    alerts_resolved=1,
    ages=tuple(float(n) for n in range(1, 101)),
)


def test_a_run_that_took_predicted_and_alerted_is_a_success():
    assert GOOD.is_success


def test_a_run_without_an_alert_is_none():
    assert not replace(GOOD, alerts_fired=0).is_success


def test_a_run_without_a_prediction_is_none():
    assert not replace(GOOD, shots=Counter({Outcome.FAILED: 30})).is_success


def test_a_snapshot_that_came_to_no_end_is_lost_and_spoils_the_run():
    run = replace(GOOD, shots=GOOD.shots + Counter({Outcome.TAKEN: 1}))
    assert run.lost == 1
    assert not run.is_success


def test_the_95th_percentile_of_a_hundred_ages():
    assert GOOD.age_p95 == 96.0


def test_no_prediction_has_no_age():
    assert replace(GOOD, ages=()).age_p95 is None


def test_shots_that_were_not_observed_are_told():
    assert "1 failed" in GOOD.lines()[0]


def test_people_stand_beside_faces():
    _, faces, people, *_ = GOOD.lines()
    assert faces.split()[:3] == ["faces", "40", "no_mask,"]
    assert people.split()[:3] == ["people", "2", "no_mask,"]


def test_people_who_came_during_the_run_are_counted_once(repository):
    now = utc_now()
    came = Sighting(
        id="one", camera_id="door", began_at=now, seen_at=now + timedelta(minutes=5), shots=60, label=Label.NO_MASK
    )
    with repository.begin() as unit:
        unit.sightings.save(came)
        unit.sightings.save(replace(came, id="before", began_at=now - timedelta(hours=1)))
    assert summarize(repository, since=now).people == {Label.NO_MASK: 1}


def test_every_hour_of_a_long_run_is_summed(repository):
    now = utc_now()
    began = now - timedelta(hours=3)
    with repository.begin() as unit:
        for minutes in range(0, 180, 10):
            at = began + timedelta(minutes=minutes)
            outcome = Outcome.PREDICTED if minutes % 20 else Outcome.FAILED
            unit.shots.record(Shot(id=shot_id("door", at), camera_id="door", scheduled_at=at, outcome=outcome))
        early = began - timedelta(seconds=1)
        unit.shots.record(Shot(id="early", camera_id="door", scheduled_at=early, outcome=Outcome.FAILED))
    assert summarize(repository, since=began).shots == {Outcome.PREDICTED: 9, Outcome.FAILED: 9}
