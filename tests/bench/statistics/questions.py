"""What the page, its table and its download ask, and how long the answers take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.statistics.year import BEGAN, ZONE, Year, camera_id
from bench.timing import in_turns, median
from common.domain.statistics import Grouping, Statistics
from common.ports.repository import Repository

Question = dict[str, Any]  # arguments of StatisticsRows.query
# They read all hours of the cameras that have the zone: only all cameras together have sums of hours. The page asks
# them for whoever chooses a zone, or a tag, that many cameras have, and a year of it.
SLOW = ("of_zone_by_day_in_berlin", "of_zone_by_weekday_hour_in_berlin")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one question was answered."""

    name: str
    milliseconds: float  # median
    rows: int


def questions(year: Year) -> dict[str, Question]:
    """By name. All of a year unless it says otherwise; a month begins in the midst of a day."""
    whole: Question = {"start": BEGAN, "end": year.end}
    began = BEGAN + timedelta(days=year.days // 2, hours=7)
    month: Question = {"start": began, "end": began + timedelta(days=30)}
    one, site, zone = {"camera_id": camera_id(2)}, {"site": "Site 2"}, {"zone": ZONE}
    shanghai, berlin = {"timezone": ZoneInfo("Asia/Shanghai")}, {"timezone": ZoneInfo("Europe/Berlin")}
    hour, day = {"by": Grouping.HOUR}, {"by": Grouping.DAY}
    week, total = {"by": Grouping.WEEKDAY_HOUR}, {"by": Grouping.TOTAL}
    return {
        "by_day": whole | day,
        "by_day_in_shanghai": whole | day | shanghai,
        "by_day_in_berlin": whole | day | berlin,
        "by_camera": whole | {"by": Grouping.CAMERA},
        "by_site": whole | {"by": Grouping.SITE},
        "by_zone": whole | {"by": Grouping.ZONE},
        "of_camera_by_day": whole | day | one,
        "of_camera_by_day_in_berlin": whole | day | one | berlin,
        "of_site_by_day_in_berlin": whole | day | site | berlin,
        "of_site_by_camera": whole | site | {"by": Grouping.CAMERA},
        "of_site_by_day": whole | day | site,
        "of_zone_by_day": whole | day | zone,
        "of_zone_by_camera": whole | zone | {"by": Grouping.CAMERA},
        "of_zone_by_day_in_berlin": whole | day | zone | berlin,
        "by_weekday_hour_in_berlin": whole | week | berlin,
        "of_camera_by_weekday_hour_in_berlin": whole | week | one | berlin,
        "of_site_by_weekday_hour_in_berlin": whole | week | site | berlin,
        "of_zone_by_weekday_hour_in_berlin": whole | week | zone | berlin,
        "total": whole | total,
        "of_site_total": whole | total | site,
        "by_hour": whole | hour,
        "of_camera_by_hour": whole | hour | one,
        "month_by_hour": month | hour,
        "month_by_camera": month | {"by": Grouping.CAMERA},
        "month_of_camera_by_hour": month | hour | one,
        "month_of_site_by_hour": month | hour | site,
        "ever_by_camera": {"by": Grouping.CAMERA},
    }


def ask(repository: Repository, year: Year, *, repeats: int) -> list[Answer]:
    """Each question as often as that, in turns."""
    asked = questions(year)
    rows = {name: len(answer(repository, question)) for name, question in asked.items()}
    works = {name: lambda question=question: answer(repository, question) for name, question in asked.items()}
    spent = in_turns(works, repeats=repeats)
    return [Answer(name=name, milliseconds=1000 * median(spent[name]), rows=rows[name]) for name in asked]


def answer(repository: Repository, question: Question) -> list[Statistics]:
    """The rows."""
    with repository.begin() as unit:
        return unit.statistics.query(**question)
