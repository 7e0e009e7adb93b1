"""The words of messages that templates are given, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.domain.prediction import Label
from common.domain.rule import Trouble


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language."""

    person: str
    people: str  # with {count}
    labels: Mapping[Label, str]
    troubles: Mapping[Trouble, str]
    uncovered: Mapping[str, str]
    units: tuple[str, str, str, str]  # days, hours, minutes, seconds, each with {}


WORDS: Mapping[str, Words] = {
    "en": Words(
        person="1 person",
        people="{count} people",
        labels={
            Label.NO_MASK: "without a mask",
            Label.MASK_INCORRECT: "wearing the mask wrongly",
            Label.MASK_CORRECT: "wearing the mask properly",
            Label.UNCERTAIN: "whose mask cannot be judged",
        },
        troubles={
            Trouble.CAMERA_DOWN: "Camera down",
            Trouble.CAMERA_DEGRADED: "Camera gives bad pictures",
            Trouble.NO_DATA: "No pictures",
            Trouble.QUEUE_LAG: "Pictures wait too long",
        },
        uncovered={"NOSE": "nose", "MOUTH": "mouth", "CHIN": "chin"},
        units=("{} d", "{} h", "{} min", "{} s"),
    ),
    "zh": Words(
        person="1 人",
        people="{count} 人",
        labels={
            Label.NO_MASK: "未戴口罩",
            Label.MASK_INCORRECT: "口罩佩戴不规范",
            Label.MASK_CORRECT: "口罩佩戴规范",
            Label.UNCERTAIN: "无法判断是否戴口罩",
        },
        troubles={
            Trouble.CAMERA_DOWN: "摄像头离线",
            Trouble.CAMERA_DEGRADED: "摄像头画面质量差",
            Trouble.NO_DATA: "没有画面",
            Trouble.QUEUE_LAG: "画面处理延迟过长",
        },
        uncovered={"NOSE": "鼻子", "MOUTH": "嘴", "CHIN": "下巴"},
        units=("{} 天", "{} 小时", "{} 分钟", "{} 秒"),
    ),
}


def spoken(seconds: float, words: Words) -> str:
    """A duration in its two largest units, such as "2 h 5 min"."""
    left, parts = max(0, round(seconds)), []
    for size, unit in zip((86_400, 3600, 60, 1), words.units, strict=True):
        number, left = divmod(left, size)
        if number:
            parts.append(unit.format(number))
    return " ".join(parts[:2]) or words.units[-1].format(0)
