"""The webhook's payload and signature, as receivers check them."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import replace
from pathlib import Path

from pictures import START, at, make_camera, make_rule

from analyzer.notify.http import retry_after
from analyzer.notify.message import Message
from analyzer.notify.webhook import FOREVER, SIGNATURE_HEADER, TIMESTAMP_HEADER, payload, signature
from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Severity

ALERT = Alert(
    id="a1",
    event_id="e1",
    rule_id="rule",
    camera_id="door",
    state=AlertState.FIRING,
    severity=Severity.CRITICAL,
    summary="2 people without a mask at Main door",
    started_at=at(-6),
    fired_at=at(0),
    count=2,
)
OVER = replace(ALERT, id="a2", camera_id="till", state=AlertState.RESOLVED, resolved_at=at(60), count=1)
MESSAGE = Message(
    id="n1",
    kind=NotificationKind.FIRING,
    receiver=Receiver(id="r", name="Hook", kind=ReceiverKind.WEBHOOK, url="http://host/hook", created_at=START),
    title="2 people without a mask at Shop 1",
    body="the text",
    link="https://watch.example/alerts/a1",
    group=AlertGroup(id="g", key="rule/site/Shop 1", rule_id="rule", place="Shop 1", opened_at=START),
    rule=make_rule(name="No masks"),
    alerts=(ALERT, OVER),
    cameras={"door": make_camera(site="Shop 1", location="Door"), "till": make_camera(id="till", name="Till")},
    at=at(1),
)


def test_the_payload_is_alertmanagers_version_4():
    told = payload(MESSAGE)
    assert set(told) == {
        "version",
        "groupKey",
        "truncatedAlerts",
        "status",
        "receiver",
        "groupLabels",
        "commonLabels",
        "commonAnnotations",
        "externalURL",
        "alerts",
    }
    assert (told["version"], told["status"], told["groupKey"]) == ("4", "firing", "rule/site/Shop 1")
    assert told["groupLabels"] == {"alertname": "No masks", "place": "Shop 1"}
    assert told["commonLabels"] == {"alertname": "No masks", "severity": "critical"}
    first, second = told["alerts"]
    assert first["labels"] == {
        "alertname": "No masks",
        "severity": "critical",
        "camera": "Main door",
        "camera_id": "door",
        "site": "Shop 1",
        "location": "Door",
        "alert_id": "a1",
    }
    assert (first["status"], first["startsAt"], first["endsAt"]) == ("firing", "2026-03-02T09:00:00Z", FOREVER)
    assert first["annotations"]["since"] == "2026-03-02T08:59:54Z"  # began before the rule's time was up
    assert (second["status"], second["endsAt"]) == ("resolved", "2026-03-02T09:01:00Z")
    assert len(first["fingerprint"]) == 16
    assert first["fingerprint"] != second["fingerprint"]


def test_all_over_is_resolved():
    assert payload(replace(MESSAGE, alerts=(OVER,)))["status"] == "resolved"


def test_a_message_of_no_alerts_is_a_payload_too():
    told = payload(replace(MESSAGE, kind=NotificationKind.TEST, alerts=(), group=None, rule=None))
    assert (told["groupKey"], told["alerts"], told["commonLabels"]) == ("test", [], {})


def test_the_signature_covers_the_time_and_the_body():
    expected = hmac.new(b"key", b'1000.{"a":1}', hashlib.sha256).hexdigest()
    assert signature("key", "1000", b'{"a":1}') == f"sha256={expected}"
    assert len({signature(key, stamp, b"x") for key in ("a", "b") for stamp in ("1", "2")}) == 4


def test_the_check_in_the_documentation_believes_us_and_nobody_else():
    documentation = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
    [snippet] = re.findall(r"```python\n(.*?def is_ours.*?)```", documentation, re.DOTALL)
    names = {}
    exec(snippet, names)  # noqa: S102  # it is ours
    is_ours, stamp = names["is_ours"], str(int(time.time()))
    headers = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature("shared", stamp, b"{}")}
    assert is_ours("shared", headers, b"{}")
    assert not is_ours("other", headers, b"{}")
    assert not is_ours("shared", headers, b"{ }")
    assert not is_ours("shared", {}, b"{}")
    old = str(int(time.time()) - 301)
    assert not is_ours("shared", {TIMESTAMP_HEADER: old, SIGNATURE_HEADER: signature("shared", old, b"{}")}, b"{}")


def test_retry_after_is_seconds_or_a_date_or_nothing():
    assert retry_after("120", now=START) == 120
    assert retry_after("Mon, 02 Mar 2026 09:00:30 GMT", now=START) == 30
    assert retry_after("Mon, 02 Mar 2026 08:00:00 GMT", now=START) == 0
    assert retry_after("soon", now=START) is None
    assert retry_after(None, now=START) is None
