"""What a report says of the goals."""

from __future__ import annotations

from typing import Any

from training.evaluation.goals import GOALS, hold_against, verdict


def report(name: str, value: float, interval: tuple[float, float] | None, *, min_face: float = 12.0) -> dict[str, Any]:
    finding = {"ap50": {"value": value, "interval": interval, "of": 9}}
    return {
        "detector": {"name": name, "megabytes": 2.4},
        "rules": {"min_face_px": min_face},
        "shipped_megabytes": 41.0,
        "conditions": {"original": {"kaggle853": {"finding": finding}}},
    }


def rows(given: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["what"], row["where"]): row for row in hold_against(given)}


def test_each_detector_has_its_own_goals() -> None:
    server = rows(report("yoloface-server", 0.94, None))
    lite = rows(report("yoloface-lite", 0.94, None))
    key = ("face AP50, faces >= 12 px", "kaggle853")
    assert (server[key]["wanted"], server[key]["reached"]) == (0.95, False)
    assert (lite[key]["wanted"], lite[key]["reached"]) == (0.93, True)
    assert ("megabytes", "") in lite
    assert ("megabytes", "") not in server


def test_what_the_report_does_not_hold_is_not_judged() -> None:
    assert set(rows(report("yoloface-server", 0.9, None, min_face=24.0))) == {("megabytes, all shipped weights", "")}


def test_a_figure_without_a_face_to_count_is_not_judged() -> None:
    given = report("yoloface-server", 0.9, None)
    given["conditions"]["original"]["kaggle853"]["finding"]["ap50"]["value"] = None
    assert ("face AP50, faces >= 12 px", "kaggle853") not in rows(given)


def test_too_large_is_not_reached() -> None:
    assert not rows(report("yoloface-server", 0.9, None))[("megabytes, all shipped weights", "")]["reached"]


def test_the_words_claim_no_more_than_the_interval() -> None:
    key = ("face AP50, faces >= 12 px", "kaggle853")
    words = [
        verdict(rows(report("yoloface-server", value, interval))[key])
        for value, interval in (
            (0.96, (0.955, 0.97)),
            (0.96, (0.94, 0.97)),
            (0.94, (0.93, 0.96)),
            (0.90, (0.88, 0.92)),
        )
    ]
    assert words == [
        "reached",
        "reached; its interval reaches below the goal",
        "not reached; its interval holds the goal",
        "not reached",
    ]


def test_every_goal_of_the_issue_is_there() -> None:
    wanted = {(goal.where, goal.wanted) for goal in GOALS}
    assert {("kaggle853", 0.985), ("ilc2021", 0.97), ("all", 0.80), ("all", 0.75), ("", 40), ("", 2.5)} <= wanted
