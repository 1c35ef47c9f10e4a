"""What the directory knows about a document: forward targets, callers; and the one delay in two documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callcontrol.changes.check import check_against_line
from callcontrol.directory.contacts import Contact, ContactBook, ContactGroup
from callcontrol.facts import Barring, Licence, Line
from callcontrol.settings.delay import documents_to_write
from callcontrol.settings.model import CallManager, MessageSettings
from callcontrol.settings.parse import parse
from tests.unit.routing.world import COMPANY, LINES, A, B, C, directory


def found(
    raw: dict[str, Any], *, barring: dict[str, bool] | None = None, before: dict[str, Any] | None = None,
    floor: frozenset[Barring] = frozenset(), line: Line = LINES[0], document: str = "call-manager",
) -> dict[str, str]:  # fmt: skip
    where = directory(replace(COMPANY, barring=floor))
    where.put_contacts(A, ContactBook([Contact("dupont")], [ContactGroup("family")]))
    where.put_document(line.number, "call-settings", {"barring": barring or {}})
    if before:
        where.put_document(line.number, document, before)
    model = parse(document, raw)
    return {
        m.where: m.text
        for m in check_against_line(
            model, line=line, directory=where, kept=where.settings(line), language="en"
        )
    }


def to(number: str) -> dict[str, Any]:
    return {"incoming": "forward", "unconditional": {"number": number}}


NATIONAL = {"national": True}
TARGETS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("a colleague", to("4003"), {}, ""),
    ("a short code", to("550"), {}, ""),
    ("a hunt group", to("4900"), {}, ""),
    ("a mobile", to("0660606060"), {}, ""),
    ("a colleague with everything barred", to("0222969570"), {"barring": NATIONAL}, ""),
    ("an extension that does not exist", to("4999"), {},
     "The number 4999 does not exist or cannot be called."),
    ("half a number", to("0660606"), {}, "The number 0660606 does not exist or cannot be called."),
    ("an emergency number", to("112"), {}, "Calls cannot be forwarded to an emergency number."),
    ("itself by extension", to("4002"), {}, "The line cannot forward its calls to itself."),
    ("itself by number", to("+33 2 22 96 95 69"), {}, "The line cannot forward its calls to itself."),
    ("barred by the line", to("0660606060"), {"barring": NATIONAL},
     "Calls to national and mobile numbers are barred for this line."),
    ("barred by the company", to("00441632960000"), {"floor": frozenset({Barring.INTERNATIONAL})},
     "International calls are barred for this line."),
    ("a short code to a barred target", to("551"), {"barring": {"international": True}},
     "International calls are barred for this line."),
    ("a premium number", to("0899000000"), {"barring": {"premium": True}},
     "Calls to premium rate numbers are barred for this line."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "around", "text"), [row[1:] for row in TARGETS], ids=[row[0] for row in TARGETS]
)
def test_a_forward_target(raw: dict[str, Any], around: dict[str, Any], text: str) -> None:
    assert found(raw, **around) == ({"unconditional.number": text} if text else {})


@pytest.mark.parametrize(
    ("where", "raw"),
    [
        ("no_answer.number", {"no_answer": {"forward_enabled": True, "number": "112"}}),
        ("busy.number", {"busy": {"forward_enabled": True, "number": "112"}}),
        ("unavailable.number", {"unavailable": {"forward_enabled": True, "number": "112"}}),
        ("selective_forward.number", {"selective_forward": {"enabled": True, "number": "112"}}),
        ("busy.number", {"busy": {"forward_enabled": False, "number": "112"}}),
    ],
    ids=["no answer", "busy", "unavailable", "selective", "switched off, but new"],
)
def test_every_forward_is_checked(where: str, raw: dict[str, Any]) -> None:
    assert list(found(raw)) == [where]


def test_a_forward_that_is_off_keeps_a_number_that_was_barred_later() -> None:
    kept = {"busy": {"forward_enabled": False, "number": "0660606060"}}
    assert found({**kept, "reject_anonymous": True}, before=kept, barring=NATIONAL) == {}


def test_switching_it_on_is_refused() -> None:
    kept = {"busy": {"forward_enabled": False, "number": "0660606060"}}
    on = {"busy": {"forward_enabled": True, "number": "0660606060"}}
    assert list(found(on, before=kept, barring=NATIONAL)) == ["busy.number"]


def test_the_advanced_manager_is_checked_too() -> None:
    raw = {"incoming": "forward", "number": "112", "busy": {"action": "forward", "number": "4004"}}
    assert list(found(raw, line=LINES[2], document="call-manager-advanced")) == ["number", "busy.number"]


def test_callers_that_mean_nobody_are_refused_when_new_and_kept_when_old() -> None:
    callers = {
        "extensions": ["4003", "4999"],
        "contacts": ["dupont", "gone"],
        "contact_groups": ["family", "lost"],
    }
    raw = {"selective_reject": {"enabled": True, "callers": callers}}
    assert found(raw) == {
        "selective_reject.callers.extensions.1": "There is no extension 4999 in the company.",
        "selective_reject.callers.contacts.1": "There is no such contact.",
        "selective_reject.callers.contact_groups.1": "There is no such contact group.",
    }
    assert found(raw, before=raw) == {}


def test_a_simple_line_shows_one_delay_in_both_documents() -> None:
    where = directory()
    assert where.settings(A).message_settings.voicemail_after == 60
    where.put_document(A, "call-manager", {"no_answer": {"voicemail_after": 25}})
    assert where.settings(A).message_settings.voicemail_after == 25
    where.put_document(A, "message-settings", {"voicemail_after": 7, "live_screening": True})
    shown = where.settings(A).message_settings
    assert (shown.voicemail_after, shown.live_screening) == (25, True)


def test_an_advanced_line_keeps_its_delay_in_the_message_settings() -> None:
    where = directory()
    assert where.line(C) is not None
    assert where.settings(C).message_settings.voicemail_after == 45
    where.put_document(C, "message-settings", {"voicemail_after": 7})
    assert where.settings(C).message_settings.voicemail_after == 7
    assert where.settings(C).call_manager.no_answer.voicemail_after == 60


def test_a_delay_given_in_the_message_settings_is_written_to_the_call_manager() -> None:
    where = directory(B={"busy": {"voicemail_enabled": False}})
    model = parse("message-settings", {"voicemail_after": 20})
    written = documents_to_write(LINES[1], where.settings(B), "message-settings", model)
    manager = written["call-manager"]
    assert isinstance(manager, CallManager)
    assert (manager.no_answer.voicemail_after, manager.busy.voicemail_enabled) == (20, False)


def test_message_settings_without_a_delay_leave_it_alone() -> None:
    where = directory(B={"no_answer": {"voicemail_after": 30}})
    model = parse("message-settings", {"live_screening": True})
    written = documents_to_write(LINES[1], where.settings(B), "message-settings", model)
    assert list(written) == ["message-settings"]
    kept = written["message-settings"]
    assert isinstance(kept, MessageSettings)
    assert kept.voicemail_after == 30


def test_an_advanced_line_writes_its_delay_where_it_is() -> None:
    where = directory()
    model = parse("message-settings", {"voicemail_after": 20})
    assert LINES[2].licence is Licence.FULL_MEETING_ADVANCED
    assert dict(documents_to_write(LINES[2], where.settings(C), "message-settings", model)) == {
        "message-settings": model
    }
