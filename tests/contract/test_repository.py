"""What every repository promises, on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from common.adapters.open import open_repository
from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera, Zone, ZoneMode
from common.domain.event import Event, EventState
from common.domain.prediction import Face, Label, Prediction
from common.domain.rule import Condition, Rule, Severity
from common.domain.schedule import Schedule, Window
from common.domain.shot import Outcome, Shot, shot_id
from common.domain.statistics import Grouping, Statistics
from common.domain.user import Role, Token, TokenKind, User
from common.errors import Conflict, NotFound
from common.ports.repository import Repository

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SCHEDULE = Schedule(windows=(Window(days=("mon", "fri"), start=time(8, 30), end=time(17)),), timezone="Europe/Berlin")
CAMERA = Camera(
    id="cam",
    name="Entrance",
    url="rtsp://camera.example/stream?channel=1&x=%20",
    username="admin",
    password="s3cr:t@/ü",
    interval_seconds=2.5,
    site="Shop",
    location="Door",
    tags=("inside", "north"),
    zones=(
        Zone(name="door", polygon=((0.1, 0.2), (1 / 3, 0.9), (1.0, 0.0))),
        Zone(name="poster", polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)), mode=ZoneMode.IGNORE),
    ),
    min_face_px=24,
    schedule=SCHEDULE,
    retention_days=7,
    blur_faces=True,
    created_at=NOON,
)
BARE_CAMERA = Camera(id="bare", name="Bare", url="http://camera.example/still.jpg", created_at=NOON)
RULE = Rule(
    id="rule",
    name="No mask at the door",
    condition=Condition(label=Label.MASK_INCORRECT, count_at_least=None, share_above=0.2),
    cameras=("cam",),
    tags=("north",),
    zone="door",
    for_seconds=0.5,
    schedule=SCHEDULE,
    severity=Severity.CRITICAL,
    receivers=("security",),
)
EVENT = Event(
    id="event",
    rule_id="rule",
    camera_id="cam",
    state=EventState.PENDING,
    started_at=NOON,
    last_true_at=NOON + SECOND,
    evaluated_at=NOON + 2 * SECOND,
    peak_count=3,
    snapshot_id="cam-1",
)
ALERT = Alert(
    id="alert",
    event_id="event",
    rule_id="rule",
    camera_id="cam",
    state=AlertState.FIRING,
    severity=Severity.WARNING,
    summary="2 people without a mask at the door",
    fired_at=NOON,
    snapshot_id="cam-1",
    image_key="snapshots/cam/1.jpg",
    count=2,
)
USER = User(id="user", name="ada", password_hash="$argon2id$x", role=Role.OPERATOR, created_at=NOON)
TOKEN = Token(
    id="token",
    kind=TokenKind.API,
    user_id="user",
    name="script",
    secret_hash="ab" * 32,
    created_at=NOON,
    expires_at=NOON + HOUR,
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/maskwatch.db"
    postgres_url: str = request.getfixturevalue("fresh_postgres_url")
    return postgres_url


@pytest.fixture
def repository(url: str) -> Iterator[Repository]:
    opened = open_repository(url)
    opened.upgrade()
    yield opened
    opened.close()


def shot(number: int = 0, *, camera_id: str = "cam", outcome: Outcome = Outcome.TAKEN, **fields: object) -> Shot:
    at = NOON + number * SECOND
    return replace(Shot(id=shot_id(camera_id, at), camera_id=camera_id, scheduled_at=at, outcome=outcome), **fields)


def face(label: Label) -> Face:
    return Face(
        box=(1.5, 2.25, 1 / 3 + 100, 200.0),
        score=0.1 + 0.2,
        landmarks=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.1)),
        label=label,
        probabilities={"no_mask": 0.7, "mask_incorrect": 0.2, "mask_correct": 0.1},
        uncovered=("NOSE", "MOUTH"),
    )


def prediction(number: int = 0, *labels: Label, camera_id: str = "cam") -> Prediction:
    at = NOON + number * SECOND
    return Prediction(
        snapshot_id=shot_id(camera_id, at),
        camera_id=camera_id,
        scheduled_at=at,
        captured_at=at + timedelta(microseconds=1),
        predicted_at=at + SECOND,
        image_key="snapshots/cam/1.jpg",
        width=1920,
        height=1080,
        faces=tuple(face(label) for label in labels),
        model={"detector": "yoloface-server@1", "classifier": "efficientnet-b0@1", "fit": None},
        timings_ms={"detect": 12.5},
    )


class TestUnit:
    def test_a_unit_that_fails_leaves_nothing(self, repository: Repository) -> None:
        def fail() -> None:
            with repository.begin() as unit:
                unit.cameras.add(CAMERA)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        with repository.begin() as unit:
            assert unit.cameras.list() == []

    def test_upgrading_again_changes_nothing(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        repository.upgrade()
        repository.check()
        with repository.begin() as unit:
            assert unit.cameras.list() == [CAMERA]

    def test_several_may_upgrade_at_once(self, url: str) -> None:
        repositories = [open_repository(url) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda repository: repository.upgrade(), repositories))
        for repository in repositories:
            repository.check()
            repository.close()

    def test_another_opening_sees_what_was_committed(self, repository: Repository, url: str) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        other = open_repository(url)
        with other.begin() as unit:
            assert unit.cameras.get("cam") == CAMERA
        other.close()


class TestCameras:
    @pytest.mark.parametrize("camera", [CAMERA, BARE_CAMERA])
    def test_a_camera_comes_back_as_it_was(self, repository: Repository, camera: Camera) -> None:
        with repository.begin() as unit:
            unit.cameras.add(camera)
        with repository.begin() as unit:
            assert unit.cameras.get(camera.id) == camera
            assert unit.cameras.find(camera.name) == camera

    def test_instants_come_back_aware_whatever_their_zone(self, repository: Repository) -> None:
        local = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
        with repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, created_at=local))
        with repository.begin() as unit:
            created_at = unit.cameras.get("cam").created_at
        assert created_at == NOON
        assert created_at.utcoffset() == timedelta(0)

    def test_cameras_are_listed_by_name(self, repository: Repository) -> None:
        off = replace(BARE_CAMERA, enabled=False)
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.cameras.add(off)
            assert unit.cameras.list() == [off, CAMERA]
            assert unit.cameras.list(enabled=True) == [CAMERA]
            assert unit.cameras.list(enabled=False) == [off]

    def test_every_update_is_a_new_revision(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            assert unit.cameras.update(replace(CAMERA, site="A")).revision == 2
            updated = unit.cameras.update(replace(CAMERA, site="B"))
            assert updated == replace(CAMERA, site="B", revision=3)
            assert unit.cameras.get("cam") == updated

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.cameras.add(BARE_CAMERA)
        with pytest.raises(Conflict, match="Entrance"), repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, id="other"))
        with pytest.raises(Conflict, match="Entrance"), repository.begin() as unit:
            unit.cameras.update(replace(BARE_CAMERA, name="Entrance"))

    def test_an_id_in_use_is_a_conflict_that_tells_no_password(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        with pytest.raises(Conflict) as caught, repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, name="Exit"))
        assert "s3cr" not in str(caught.value)

    def test_a_missing_camera_is_not_found(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.cameras.find("Entrance") is None
            for attempt in (
                lambda: unit.cameras.get("cam"),
                lambda: unit.cameras.update(CAMERA),
                lambda: unit.cameras.remove("cam"),
            ):
                with pytest.raises(NotFound, match="cam"):
                    attempt()

    def test_a_removed_camera_leaves_its_history(self, repository: Repository) -> None:
        resolved = replace(EVENT, id="old", state=EventState.RESOLVED, resolved_at=NOON)
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.shots.record(shot())
            unit.events.save(resolved)
            unit.events.save(EVENT)
            unit.alerts.save(ALERT)
            unit.statistics.add("cam", NOON, alerts=1)
            unit.cameras.remove("cam")
        with repository.begin() as unit:
            assert unit.cameras.list() == []
            assert unit.events.list() == [resolved]
            assert unit.shots.list() == [shot()]
            assert unit.alerts.list() == [ALERT]
            assert unit.statistics.query(by=Grouping.CAMERA) == [Statistics(camera_id="cam", alerts=1)]


class TestShots:
    def test_a_shot_comes_back_as_it_was(self, repository: Repository) -> None:
        whole = shot(captured_at=NOON, image_key="a/b.jpg", width=1920, height=1080, reason="why")
        with repository.begin() as unit:
            assert unit.shots.record(whole) is None
            assert unit.shots.record(shot(1, outcome=Outcome.FAILED)) is None
        with repository.begin() as unit:
            assert unit.shots.get(whole.id) == whole
            assert unit.shots.get(shot(1).id) == shot(1, outcome=Outcome.FAILED)
            with pytest.raises(NotFound):
                unit.shots.get("never")

    def test_taken_becomes_final_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.shots.record(shot(image_key="a.jpg")) is None
            assert unit.shots.record(shot(image_key="a.jpg")) is Outcome.TAKEN
            assert unit.shots.record(shot(outcome=Outcome.EXPIRED, reason="old")) is Outcome.TAKEN
            assert unit.shots.record(shot(outcome=Outcome.PREDICTED)) is Outcome.EXPIRED
            assert unit.shots.get(shot().id) == shot(outcome=Outcome.EXPIRED, reason="old", image_key="a.jpg")

    def test_a_late_message_fills_in_the_picture_and_takes_nothing(self, repository: Repository) -> None:
        taken = shot(image_key="a.jpg", captured_at=NOON, width=640, height=480)
        with repository.begin() as unit:
            assert unit.shots.record(shot(outcome=Outcome.PREDICTED)) is None
            assert unit.shots.record(taken) is Outcome.PREDICTED
            assert unit.shots.get(taken.id) == replace(taken, outcome=Outcome.PREDICTED)

    @pytest.mark.parametrize("outcome", [Outcome.TAKEN, Outcome.PREDICTED])
    def test_of_many_at_once_exactly_one_is_the_first(self, repository: Repository, outcome: Outcome) -> None:
        def record(_number: int) -> Outcome | None:
            with repository.begin() as unit:
                return unit.shots.record(shot(outcome=outcome))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(record, range(24)))
        assert answers.count(None) == 1
        assert answers.count(outcome) == 23

    def test_of_many_final_outcomes_at_once_exactly_one_follows_taken(self, repository: Repository) -> None:
        def record(outcome: Outcome) -> Outcome | None:
            with repository.begin() as unit:
                return unit.shots.record(shot(outcome=outcome))

        record(Outcome.TAKEN)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(record, [Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED] * 8))
        assert answers.count(Outcome.TAKEN) == 1
        assert len({answer for answer in answers if answer is not Outcome.TAKEN}) == 1

    def test_shots_are_listed_newest_first(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number in range(5):
                unit.shots.record(shot(number))
            unit.shots.record(shot(2, camera_id="other", outcome=Outcome.FAILED))
            assert unit.shots.list(camera_id="cam", limit=2) == [shot(4), shot(3)]
            within = unit.shots.list(after=NOON + SECOND, before=NOON + 3 * SECOND)
            assert [each.id for each in within] == [shot(2).id, shot(2, camera_id="other").id, shot(1).id]
            assert [each.camera_id for each in unit.shots.list(outcomes=[Outcome.FAILED])] == ["other"]
            assert unit.shots.list(outcomes=[]) == []

    def test_shots_are_found_by_a_label_of_their_faces(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number, labels in enumerate([(), (Label.NO_MASK, Label.MASK_CORRECT), (Label.MASK_CORRECT,)]):
                unit.shots.record(shot(number, outcome=Outcome.PREDICTED))
                unit.predictions.add(prediction(number, *labels))
            unit.shots.record(shot(1, camera_id="other", outcome=Outcome.PREDICTED))
            unit.predictions.add(prediction(1, Label.NO_MASK, camera_id="other"))

            def found(label: Label, **where: object) -> list[str]:
                return [each.id for each in unit.shots.list(label=label, **where)]

            assert found(Label.NO_MASK, camera_id="cam") == [shot(1).id]
            assert found(Label.NO_MASK) == [shot(1).id, shot(1, camera_id="other").id]
            assert found(Label.MASK_CORRECT, before=NOON + 2 * SECOND) == [shot(1).id]
            assert found(Label.MASK_CORRECT, limit=1) == [shot(2).id]
            assert found(Label.UNCERTAIN) == []

    def test_the_latest_predicted_shot_of_each_camera(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.shots.latest(["cam"]) == {}
            for number in range(3):
                unit.shots.record(shot(number, outcome=Outcome.PREDICTED))
                unit.shots.record(shot(number, camera_id="other", outcome=Outcome.PREDICTED))
            unit.shots.record(shot(9))
            unit.shots.record(shot(camera_id="dark", outcome=Outcome.FAILED))
            newest = shot(2, outcome=Outcome.PREDICTED)
            assert unit.shots.latest(["cam", "dark", "never"]) == {"cam": newest}
            assert set(unit.shots.latest(iter(["cam", "other"]))) == {"cam", "other"}
            assert unit.shots.latest([]) == {}


class TestPredictions:
    def test_a_prediction_comes_back_as_it_was(self, repository: Repository) -> None:
        whole = prediction(0, Label.NO_MASK, Label.UNCERTAIN)
        with repository.begin() as unit:
            assert unit.predictions.add(whole) is True
        with repository.begin() as unit:
            assert unit.predictions.get(whole.snapshot_id) == whole

    def test_the_first_prediction_stays(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.predictions.add(prediction(0, Label.NO_MASK)) is True
        with repository.begin() as unit:
            assert unit.predictions.add(prediction(0)) is False
            assert unit.predictions.get(shot().id).faces == (face(Label.NO_MASK),)

    def test_many_are_got_at_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.predictions.add(prediction(0))
            unit.predictions.add(prediction(1))
            assert unit.predictions.get_many([shot(1).id, "never"]) == {shot(1).id: prediction(1)}
            assert unit.predictions.get_many([]) == {}
            with pytest.raises(NotFound):
                unit.predictions.get("never")


class TestRules:
    def test_a_rule_comes_back_as_it_was(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
            unit.rules.add(Rule(id="plain", name="Plain"))
        with repository.begin() as unit:
            assert unit.rules.get("rule") == RULE
            assert unit.rules.list() == [RULE, Rule(id="plain", name="Plain")]

    def test_rules_change_and_go(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
            unit.rules.update(replace(RULE, enabled=False))
            assert unit.rules.list(enabled=True) == []
            unit.rules.remove("rule")
            for attempt in (
                lambda: unit.rules.get("rule"),
                lambda: unit.rules.update(RULE),
                lambda: unit.rules.remove("rule"),
            ):
                with pytest.raises(NotFound, match="rule"):
                    attempt()

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
        with pytest.raises(Conflict, match="No mask"), repository.begin() as unit:
            unit.rules.add(replace(RULE, id="other"))


class TestEvents:
    def test_an_event_is_replaced_as_it_goes_on(self, repository: Repository) -> None:
        firing = replace(EVENT, state=EventState.FIRING, fired_at=NOON + MINUTE)
        with repository.begin() as unit:
            unit.events.save(EVENT)
            assert unit.events.open() == [EVENT]
            unit.events.save(firing)
            assert unit.events.get("event") == firing
            assert unit.events.open(rule_id="rule", camera_id="cam") == [firing]
            assert unit.events.open(rule_id="other") == []
            assert unit.events.open(camera_id="other") == []
            unit.events.save(replace(firing, state=EventState.RESOLVED, resolved_at=NOON + HOUR))
            assert unit.events.open() == []

    def test_one_open_event_per_rule_and_camera(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.events.save(replace(EVENT, id="old", state=EventState.RESOLVED))
            unit.events.save(EVENT)
            unit.events.save(replace(EVENT, id="elsewhere", camera_id="other"))
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.events.save(replace(EVENT, id="second", state=EventState.FIRING))

    def test_a_dropped_event_is_forgotten(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.events.save(EVENT)
            unit.events.drop("event")
            unit.events.drop("never")
            assert unit.events.list() == []
            with pytest.raises(NotFound):
                unit.events.get("event")

    def test_events_are_listed_newest_first(self, repository: Repository) -> None:
        events = [replace(EVENT, id=str(n), state=EventState.RESOLVED, started_at=NOON + n * HOUR) for n in range(4)]
        with repository.begin() as unit:
            for event in events:
                unit.events.save(event)
            assert unit.events.list(limit=2) == [events[3], events[2]]
            assert unit.events.list(after=NOON + HOUR, before=NOON + 2 * HOUR) == [events[1]]
            assert unit.events.list(state=EventState.FIRING) == []
            assert len(unit.events.list(rule_id="rule", camera_id="cam", state=EventState.RESOLVED)) == 4
            assert unit.events.list(camera_id="other") == []


class TestAlerts:
    def test_an_alert_is_replaced_as_it_goes_on(self, repository: Repository) -> None:
        handled = replace(
            ALERT,
            state=AlertState.RESOLVED,
            resolved_at=NOON + HOUR,
            acknowledged_at=NOON + MINUTE,
            acknowledged_by="ada",
            is_false_positive=True,
            note="a poster",
        )
        with repository.begin() as unit:
            unit.alerts.save(ALERT)
            assert unit.alerts.for_event("event") == ALERT
            unit.alerts.save(handled)
        with repository.begin() as unit:
            assert unit.alerts.get("alert") == handled
            assert unit.alerts.for_event("other") is None
            with pytest.raises(NotFound):
                unit.alerts.get("never")

    def test_an_event_is_alerted_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.alerts.save(ALERT)
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.alerts.save(replace(ALERT, id="second"))

    def test_alerts_are_listed_newest_first(self, repository: Repository) -> None:
        alerts = [replace(ALERT, id=str(n), event_id=str(n), fired_at=NOON + n * HOUR) for n in range(4)]
        with repository.begin() as unit:
            for alert in alerts:
                unit.alerts.save(alert)
            assert unit.alerts.list(limit=2) == [alerts[3], alerts[2]]
            assert unit.alerts.list(after=NOON + HOUR, before=NOON + 2 * HOUR) == [alerts[1]]
            assert unit.alerts.list(state=AlertState.RESOLVED) == []
            assert len(unit.alerts.list(rule_id="rule", camera_id="cam", state=AlertState.FIRING)) == 4


class TestStatistics:
    def test_counts_add_up_per_camera_and_hour(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.statistics.add("cam", NOON, shots={Outcome.TAKEN: 1})
            unit.statistics.add("cam", NOON + MINUTE, shots={Outcome.TAKEN: -1, Outcome.PREDICTED: 1})
            unit.statistics.add("cam", NOON, faces={Label.NO_MASK: 2, Label.UNCERTAIN: 1}, alerts=1)
            unit.statistics.add("other", NOON, shots={Outcome.FAILED: 3})
            unit.statistics.add("cam", NOON + 12 * HOUR, shots={Outcome.PREDICTED: 5})
            unit.statistics.add("cam", NOON)
        hour = NOON.replace(minute=0, second=0, microsecond=0)
        day = hour.replace(hour=0)
        faces = {Label.NO_MASK: 2, Label.UNCERTAIN: 1}
        both = {Outcome.PREDICTED: 1, Outcome.FAILED: 3}
        with repository.begin() as unit:
            assert unit.statistics.query(by=Grouping.HOUR) == [
                Statistics(start=hour, shots=both, faces=faces, alerts=1),
                Statistics(start=hour + 12 * HOUR, shots={Outcome.PREDICTED: 5}),
            ]
            assert unit.statistics.query(by=Grouping.DAY, end=hour + HOUR) == [
                Statistics(start=day, shots=both, faces=faces, alerts=1)
            ]
            assert unit.statistics.query(by=Grouping.DAY, start=hour + HOUR) == [
                Statistics(start=day + 24 * HOUR, shots={Outcome.PREDICTED: 5})
            ]
            assert unit.statistics.query(by=Grouping.CAMERA) == [
                Statistics(camera_id="cam", shots={Outcome.PREDICTED: 6}, faces=faces, alerts=1),
                Statistics(camera_id="other", shots={Outcome.FAILED: 3}),
            ]
            assert unit.statistics.query(by=Grouping.HOUR, camera_id="other") == [
                Statistics(start=hour, camera_id="other", shots={Outcome.FAILED: 3})
            ]
            assert unit.statistics.query(by=Grouping.HOUR, camera_id="never") == []

    def test_many_at_once_lose_no_count(self, repository: Repository) -> None:
        def count(_number: int) -> None:
            with repository.begin() as unit:
                unit.statistics.add("cam", NOON, shots={Outcome.PREDICTED: 1}, faces={Label.NO_MASK: 2})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(count, range(40)))
        with repository.begin() as unit:
            (row,) = unit.statistics.query(by=Grouping.CAMERA)
        assert (row.shots, row.faces) == ({Outcome.PREDICTED: 40}, {Label.NO_MASK: 80})


class TestUsers:
    def test_users_are_found_by_name_and_id(self, repository: Repository) -> None:
        other = replace(USER, id="other", name="bob")
        with repository.begin() as unit:
            unit.users.save(other)
            unit.users.save(USER)
            unit.users.save(replace(USER, role=Role.ADMIN))
        with repository.begin() as unit:
            assert unit.users.find("ada") == unit.users.get("user") == replace(USER, role=Role.ADMIN)
            assert [user.name for user in unit.users.all()] == ["ada", "bob"]
            assert unit.users.find("eve") is None
            with pytest.raises(NotFound):
                unit.users.get("never")

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.users.save(USER)
        with pytest.raises(Conflict, match="ada"), repository.begin() as unit:
            unit.users.save(replace(USER, id="other"))

    def test_tokens_are_found_by_the_hash_of_their_secret(self, repository: Repository) -> None:
        session = replace(TOKEN, id="session", kind=TokenKind.SESSION, secret_hash="cd" * 32, expires_at=NOON)
        with repository.begin() as unit:
            unit.users.save(USER)
            unit.users.add_token(TOKEN)
            unit.users.add_token(session)
        with repository.begin() as unit:
            assert unit.users.find_token("ab" * 32) == TOKEN
            assert unit.users.find_token("00" * 32) is None
            assert unit.users.tokens(kind=TokenKind.API, user_id="user") == [TOKEN]
            assert unit.users.tokens(kind=TokenKind.SESSION) == [session]
            assert unit.users.tokens(kind=TokenKind.API, user_id="other") == []
            assert unit.users.remove_expired_tokens(NOON) == 1
            unit.users.remove_token("token")
            unit.users.remove_token("token")
            assert unit.users.find_token("ab" * 32) is None

    def test_a_removed_user_takes_their_tokens(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.users.save(USER)
            unit.users.add_token(TOKEN)
            unit.users.remove("user")
            assert unit.users.find_token("ab" * 32) is None
            with pytest.raises(NotFound):
                unit.users.remove("user")

    def test_nobody_holds_a_token_without_being_a_user(self, repository: Repository) -> None:
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.users.add_token(TOKEN)
