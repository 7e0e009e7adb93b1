"""What messages say, in both languages, and what a user's templates may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import at

from analyzer.notify.texts import LANGUAGES, PACKAGED, Texts
from analyzer.notify.words import WORDS, spoken
from common.domain.notification import NotificationKind
from common.errors import InvalidInput

FACTS = {
    "headline": "2 people without a mask",
    "people": "2 people",
    "count": 2,
    "what": "without a mask",
    "uncovered": ["nose", "mouth"],
    "place": "Shop 1",
    "places": ["Door (Shop 1): 2"],
    "summary": "2 people without a mask for 6 s at Door (Shop 1)",
    "reason": "",
    "since": at(-6),
    "fired": at(0),
    "until": at(60),
    "rule": "No masks",
    "severity": "warning",
    "waited": "2 min",
    "receiver": "Anna",
    "alerts": 1,
    "at": at(0),
}
FIRING = NotificationKind.FIRING


def test_an_alarm_says_how_many_what_where_since_when_and_why():
    title, body = Texts().render(FIRING, FACTS, language="en", timezone="Europe/Berlin")
    assert title == "2 people without a mask at Shop 1"
    assert body.splitlines() == [
        "2 people without a mask for 6 s at Door (Shop 1)",
        "Since 2026-03-02 09:59:54 CET (fired 10:00:00). Uncovered: nose, mouth",
        "Rule: No masks",
    ]


def test_the_same_in_chinese():
    title, body = Texts().render(FIRING, FACTS, language="zh", timezone="Asia/Shanghai")
    assert title == "Shop 1：2 people without a mask"
    assert "开始时间：2026-03-02 16:59:54 CST（17:00:00 触发）。未遮盖：nose、mouth" in body


def test_an_unknown_language_is_english():
    assert Texts().render(FIRING, FACTS, language="fr", timezone="UTC")[0].startswith("2 people")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in NotificationKind if kind is not NotificationKind.DIGEST])
def test_every_message_has_words_in_every_language(language, kind):
    title, body = Texts().render(kind, FACTS, language=language, timezone="UTC")
    assert title
    assert body
    assert "{" not in title + body


def test_a_users_template_takes_the_place_of_ours(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "firing.txt").write_text("Attention!\n{{ count }} at {{ place }}, since {{ since | time }}\n")
    texts = Texts(tmp_path)
    told = texts.render(FIRING, FACTS, language="en", timezone="UTC")
    assert told == ("Attention!", "2 at Shop 1, since 2026-03-02 08:59:54 UTC")
    assert texts.render(NotificationKind.RESOLVED, FACTS, language="en", timezone="UTC")[0].startswith("Over")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("en/fireing.txt", "x", "there is no message of that name"),
        ("en/firing.txt", "{% if %}", "is no template"),
        ("zh/firing.txt", "{{ open", "is no template"),
    ],
)
def test_a_template_that_is_wrong_is_named_at_the_start(tmp_path: Path, name, text, sentence):
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(InvalidInput, match=sentence):
        Texts(tmp_path)
    with pytest.raises(InvalidInput, match=r"MASKWATCH_TEMPLATES=.*is no folder"):
        Texts(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ ''.__class__.__mro__ }}", "{{ since.replace }}{{ 1 / 0 }}"])
def test_a_template_that_fails_on_the_facts_gives_way_to_ours(tmp_path, text):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "firing.txt").write_text(text)
    assert Texts(tmp_path).render(FIRING, FACTS, language="en", timezone="UTC")[0].startswith("2 people")


def test_our_templates_are_files_that_ship():
    assert {path.parent.name for path in PACKAGED.rglob("*.txt")} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (7500, "2 h 5 min"), (90_061, "1 d 1 h")]
)
def test_a_duration_is_told_in_its_two_largest_units(seconds, text):
    assert spoken(seconds, WORDS["en"]) == text
