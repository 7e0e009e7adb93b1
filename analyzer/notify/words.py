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
    headline: str  # with {people} and {what}
    labels: Mapping[Label, str]  # after {people}
    classes: Mapping[Label, str]  # by themselves
    troubles: Mapping[Trouble, str]
    uncovered: Mapping[str, str]
    reasons: Mapping[str, str]  # why an alert ended, where no picture of people ended it
    chart_title: str  # before a day or days
    compliance: str
    units: tuple[str, str, str, str]  # days, hours, minutes, seconds, each with {}


WORDS: Mapping[str, Words] = {
    "en": Words(
        person="1 person",
        people="{count} people",
        headline="{people} {what}",
        labels={
            Label.NO_MASK: "without a mask",
            Label.MASK_INCORRECT: "wearing the mask wrongly",
            Label.MASK_CORRECT: "wearing the mask properly",
            Label.UNCERTAIN: "whose mask cannot be judged",
        },
        classes={
            Label.NO_MASK: "No mask",
            Label.MASK_INCORRECT: "Worn wrongly",
            Label.MASK_CORRECT: "Worn properly",
            Label.UNCERTAIN: "Uncertain",
        },
        troubles={
            Trouble.CAMERA_DOWN: "Camera down",
            Trouble.CAMERA_DEGRADED: "Camera gives bad pictures",
            Trouble.NO_DATA: "No pictures",
            Trouble.QUEUE_LAG: "Pictures wait too long",
        },
        uncovered={"NOSE": "nose", "MOUTH": "mouth", "CHIN": "chin"},
        reasons={
            "no_pictures": "No more pictures came: nobody knows whether it goes on.",
            "camera_off": "The camera was switched off.",
            "camera_removed": "The camera was removed.",
            "rule_off": "The rule was switched off or changed.",
            "withdrawn": "Pictures that came late show that there was no reason for this alert.",
        },
        chart_title="People",
        compliance="Worn properly, of those judged",
        units=("{} d", "{} h", "{} min", "{} s"),
    ),
    "zh": Words(
        person="1 人",
        people="{count} 人",
        headline="{people}{what}",
        labels={
            Label.NO_MASK: "未戴口罩",
            Label.MASK_INCORRECT: "口罩佩戴不规范",
            Label.MASK_CORRECT: "口罩佩戴规范",
            Label.UNCERTAIN: "无法判断是否戴口罩",
        },
        classes={
            Label.NO_MASK: "未戴口罩",
            Label.MASK_INCORRECT: "佩戴不规范",
            Label.MASK_CORRECT: "佩戴规范",
            Label.UNCERTAIN: "无法判断",
        },
        troubles={
            Trouble.CAMERA_DOWN: "摄像头离线",
            Trouble.CAMERA_DEGRADED: "摄像头画面质量差",
            Trouble.NO_DATA: "没有画面",
            Trouble.QUEUE_LAG: "画面处理延迟过长",
        },
        uncovered={"NOSE": "鼻子", "MOUTH": "嘴", "CHIN": "下巴"},
        reasons={
            "no_pictures": "不再有新画面，无法得知情况是否仍在持续。",
            "camera_off": "摄像头已停用。",
            "camera_removed": "摄像头已删除。",
            "rule_off": "规则已停用或修改。",
            "withdrawn": "迟到的画面表明该告警并不成立。",
        },
        chart_title="人数",
        compliance="规范佩戴率",
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
