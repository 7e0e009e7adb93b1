"""Every text that a person reads, in one place: another language is another dict."""

from __future__ import annotations

from datetime import datetime

from common.domain.prediction import Label

ENGLISH = {
    "app": "Maskwatch",
    "skip": "Skip to content",
    "nav.wall": "Wall",
    "nav.alerts": "Alerts",
    "nav.cameras": "Cameras",
    "nav.statistics": "Statistics",
    "nav.system": "System",
    "nav.label": "Main navigation",
    "nav.menu": "Open the menu",
    "nav.logout": "Log out",
    "theme.toggle": "Switch between light and dark",
    "login.title": "Log in",
    "login.name": "Name",
    "login.password": "Password",
    "login.submit": "Log in",
    "login.hint": "The first password was printed when Maskwatch was started for the first time.",
    "session.ended": "Your session has ended. Please log in again.",
    "forbidden": "Your role does not allow this.",
    "wall.title": "Wall",
    "wall.empty": "No camera yet.",
    "wall.empty.hint": "Add the first one to see its picture here.",
    "wall.no_picture": "No picture yet",
    "wall.summary": "{live} of {watched} cameras live",
    "wall.legend": "What the boxes mean",
    "state.live": "live",
    "state.degraded": "degraded",
    "state.stale": "stale",
    "state.down": "down",
    "state.waiting": "waiting",
    "state.paused": "off hours",
    "state.disabled": "disabled",
    "state.degraded.detail": "Most of the camera's pictures are too bad to be judged.",
    "state.stale.detail": "The last picture is old. It does not show what happens now.",
    "state.unwatched.detail": "No grabber is watching this camera.",
    "state.waiting.detail": "Waiting for the first picture.",
    "state.paused.detail": "Outside of this camera's hours.",
    "state.disabled.detail": "This camera is switched off.",
    "state.down.detail": "The camera's stream cannot be read.",
    "label.no_mask": "No mask",
    "label.mask_incorrect": "Worn wrongly",
    "label.mask_correct": "Mask",
    "label.uncertain": "Uncertain",
    "uncovered.NOSE": "nose",
    "uncovered.MOUTH": "mouth",
    "uncovered.CHIN": "chin",
    "cameras.title": "Cameras",
    "cameras.add": "Add camera",
    "cameras.edit": "Edit camera",
    "cameras.empty": "No camera yet. Add one: an address is all it needs.",
    "cameras.name": "Name",
    "cameras.url": "Address",
    "cameras.url.hint": "rtsp://, onvif://, http:// (MJPEG, JPEG or HLS), rtmp://, file:// or /dev/video0",
    "cameras.username": "User",
    "cameras.password": "Password",
    "cameras.password.kept": "Leave empty to keep the saved one",
    "cameras.interval": "Seconds between pictures",
    "cameras.weight": "Weight",
    "cameras.weight.hint": "Under overload 2 gets twice as many pictures as 1",
    "cameras.interval.short": "Every",
    "cameras.stretched": "now {seconds:.3g} s: there is too much to do",
    "cameras.site": "Site",
    "cameras.location": "Location",
    "cameras.tags": "Tags, separated by commas",
    "cameras.blur": "Blur faces in shown pictures",
    "cameras.enabled": "Watch this camera",
    "cameras.state": "State",
    "cameras.actions": "Actions",
    "cameras.test": "Test",
    "cameras.testing": "Connecting …",
    "cameras.works": "It works",
    "cameras.failed": "It does not work",
    "cameras.stream": "{codec} · {width}×{height}{fps}",
    "cameras.keyframes": "a keyframe every {seconds:g} s",
    "cameras.traffic": "{megabits:.1f} Mbit/s",
    "cameras.cost": "{milliseconds:.0f} ms of CPU for a shot",
    "cameras.opened": "first picture after {seconds:.1f} s",
    "cameras.still": "Still of the camera",
    "cameras.saved": "Camera saved",
    "cameras.removed": "Camera removed",
    "cameras.enable": "Enable",
    "cameras.disable": "Disable",
    "cameras.remove": "Remove",
    "cameras.remove.title": "Remove {name}?",
    "cameras.remove.detail": "It is no longer watched. Its alerts and statistics stay.",
    "save": "Save",
    "cancel": "Cancel",
    "close": "Close",
    "alerts.title": "Alerts",
    "alerts.empty": "No alert. Nothing needs your attention.",
    "alerts.filter": "Show",
    "alerts.all": "All",
    "alerts.open": "Not acknowledged",
    "alerts.firing": "Going on now",
    "alerts.resolved": "Over",
    "alerts.more": "Show older ones",
    "alerts.picture": "Picture of the alert",
    "alerts.fired": "Since",
    "alerts.duration": "Duration",
    "alerts.place": "Place",
    "alerts.rule": "Rule",
    "alerts.count": "Faces",
    "alerts.note": "Note",
    "alerts.acknowledge": "Acknowledge",
    "alerts.acknowledged": "Acknowledged by {name}",
    "alerts.acknowledged.done": "Alert acknowledged",
    "alerts.false_positive": "False alarm",
    "alerts.false_positive.undo": "Not a false alarm",
    "alerts.reason": "Ended because",
    "reason.camera_off": "the camera was switched off",
    "reason.rule_off": "the rule was switched off or changed",
    "reason.no_pictures": "no pictures came any more",
    "reason.withdrawn": "pictures that came late show that it was not so",
    "reason.camera_removed": "the camera was removed",
    "alerts.right": "Right",
    "alerts.judged": "Thank you: that is noted",
    "alerts.wrong.what": "What is it really?",
    "alerts.wrong.mask_correct": "A mask, worn properly",
    "alerts.wrong.mask_incorrect": "A mask, worn wrongly",
    "alerts.wrong.no_mask": "No mask",
    "alerts.wrong.no_face": "No face at all",
    "alerts.wrong.unknown": "I do not know",
    "alerts.note.placeholder": "What was done? (optional)",
    "alerts.permalink": "Open this alert",
    "alerts.back": "All alerts",
    "alerts.missing": "There is no such alert.",
    "alerts.unknown_camera": "removed camera",
    "alerts.snooze": "Snooze",
    "alerts.snooze.for": "For {span}",
    "alerts.snooze.end": "Tell again",
    "alerts.snoozed": "Snoozed until {time}",
    "alerts.messages": "Messages",
    "alerts.messages.none": "Nobody was told of it.",
    "alerts.decisions": "Why, and why not",
    "alerts.decisions.none": "Nothing was decided yet.",
    "message.made": "Made",
    "message.kind": "About",
    "message.receiver": "Receiver",
    "message.receiver.gone": "removed receiver",
    "message.state": "State",
    "message.sent": "Arrived",
    "message.attempts": "Attempts",
    "message.error": "Last error",
    "message.kind.firing": "it began",
    "message.kind.rising": "more people",
    "message.kind.resolved": "it is over",
    "message.kind.escalated": "nobody reacts",
    "message.kind.digest": "statistics",
    "message.kind.test": "test",
    "message.state.queued": "waiting",
    "message.state.sent": "arrived",
    "message.state.given_up": "given up",
    "message.state.superseded": "not needed any more",
    "decision.at": "Time",
    "decision.stage": "Stage",
    "decision.verdict": "Answer",
    "decision.reason": "Because",
    "decision.verdict.passed": "passed",
    "decision.verdict.held": "held",
    "decision.verdict.stopped": "stopped",
    "alert.firing": "going on",
    "alert.resolved": "over",
    "severity.info": "info",
    "severity.warning": "warning",
    "severity.critical": "critical",
    "statistics.title": "Statistics",
    "statistics.from": "From",
    "statistics.to": "To",
    "statistics.camera": "Camera",
    "statistics.all": "All cameras",
    "statistics.show": "Show",
    "statistics.csv": "Download CSV",
    "statistics.by": "One row per",
    "statistics.hour": "hour",
    "statistics.day": "day",
    "statistics.chart": "People by label, compliance and coverage over time",
    "statistics.people": "People",
    "statistics.of_faces": "{count} faces",
    "statistics.compliance": "Compliance",
    "statistics.coverage": "Coverage",
    "statistics.scheduled": "Pictures due",
    "statistics.alerts": "Alerts",
    "statistics.empty": "Nothing was seen in this time.",
    "statistics.per_camera": "Per camera",
    "statistics.compliance.hint": "People with a properly worn mask, of all who could be judged (95 % interval)",
    "statistics.coverage.hint": "Pictures that were really looked at, of all that were due",
    "statistics.bad_range": "Please give both days as YYYY-MM-DD, the first one not after the second.",
    "system.title": "System",
    "system.workers": "Workers",
    "system.worker": "Worker",
    "system.service": "Service",
    "system.info": "Says",
    "system.no_workers": "No worker is running.",
    "system.queues": "Queues",
    "system.queue": "Queue",
    "system.ready": "Waiting",
    "system.unacked": "In work",
    "system.dead": "Given up",
    "system.oldest": "Oldest",
    "system.checks": "Parts",
    "system.leases": "Who watches which camera",
    "system.headroom": "Room for more cameras",
    "headroom.models": "the models (processors and model API)",
    "headroom.analyzer": "the analyzer",
    "headroom.grabbers": "the grabbers' processor time",
    "headroom.rate": "{rate:.3g} shots/s",
    "headroom.unknown": "How many cameras more it can take is not known yet: no picture was looked at lately.",
    "headroom.some": "At least {cameras} cameras can be added at one shot per {seconds:g} s; the limit is {limit}: "
    "{capacity:.3g} shots/s, {wanted:.3g} are wanted.",
    "headroom.none": "No camera can be added; the limit is {limit}: {capacity:.3g} shots/s, {wanted:.3g} are wanted.",
    "headroom.overload": "Overloaded, intervals are {stretch:.3g} times as long; the limit is {limit}: "
    "{capacity:.3g} shots/s, {wanted:.3g} are wanted: {cameras} cameras at one shot per {seconds:g} s too many.",
    "system.version": "Version",
    "system.ok": "ok",
    "grabbers": "Grabber",
    "processors": "Processor",
    "analyzers": "Analyzer",
}

MINUTE, HOUR, DAY = 60, 3600, 86_400


def t(key: str, **values: object) -> str:
    """The text of that key, with its values filled in."""
    return ENGLISH[key].format(**values) if values else ENGLISH[key]


def label_text(label: Label, uncovered: tuple[str, ...] = ()) -> str:
    """What a face's label means: "Worn wrongly: nose"."""
    text = t(f"label.{label.value}")
    parts = ", ".join(ENGLISH.get(f"uncovered.{part}", part.lower()) for part in uncovered)
    return f"{text}: {parts}" if parts and label is Label.MASK_INCORRECT else text


def reason_text(reason: str) -> str:
    """Why an event ended, where its condition did not end it."""
    return ENGLISH.get(f"reason.{reason}", reason)


def age_text(seconds: float) -> str:
    """How long ago: "3 s ago"."""
    return f"{span_text(seconds)} ago"


def span_text(seconds: float) -> str:
    """How long: "3 s", "4 min", "5 h", "6 days"."""
    seconds = max(0, round(seconds))
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    if seconds < 2 * HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"


def time_text(at: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def percent_text(share: float | None) -> str:
    """A share as a percentage; a dash when there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"
