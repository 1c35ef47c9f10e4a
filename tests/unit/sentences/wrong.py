"""Wrong inputs of every kind that a person writes, and what it is told for each. ``told.json`` holds the answers, word
for word; ``python -m tests.unit.sentences.wrong`` writes it anew when a sentence is meant to change.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from callcontrol.changes.forms import ContactGroupIn, ContactIn, ForwardNumberIn
from callcontrol.changes.reminder_form import ReminderIn
from callcontrol.config.load import ConfigError, load
from callcontrol.errors import SettingsInvalid
from callcontrol.portal_bridge.api.clock import NewTime
from callcontrol.portal_bridge.api.explain import ExplainQuery
from callcontrol.portal_bridge.api.messages import MessageIn, MessagesQuery
from callcontrol.portal_bridge.api.models import Paging
from callcontrol.portal_bridge.api.sessions import Credentials
from callcontrol.provisioning import parse as company_file
from callcontrol.sentences.table import mistakes, sentence
from callcontrol.settings.parse import parse as parse_settings

TOLD = Path(__file__).with_name("told.json")
CORPUS = Path(__file__).parents[1] / "provisioning" / "corpus"
LANGUAGES = ("fr", "en")

CONFIG = (
    "sip:\n  prot: 5",
    "sipp: {}",
    "sip:\n  port: 70000",
    "sip: {port: five}",
    "sip: {port: -1}",
    "sip: {port: {a: 1}}",
    "sip: {port: ''}",
    "sip: 5060",
    "sip:\n  5060",
    "- a",
    "5",
    "sip: {port: 1}\nsip: {port: 2}",
    "sip: {port: 1, port: 2}",
    "sip:\n  " + "[" * 5000,
    "sip: " + "{a: " * 5000,
    "- " * 5000,
    "sip: {bind: nowhere}",
    "sip: {bind: ''}",
    "sip: {phone_networks: [192.0.2.0/24, home]}",
    "sip: {session_expires: 10}",
    "database: {url: mysql://x}",
    "database: {url: x, listen_url: y}",
    "rtp: {start: 20000, end: 10000}",
    "rtp: {timeout: 0}",
    "dev: {clock: tomorrow}",
    "dev: {clock: '2026-11-22T09:00:00'}",
    "asterisk: {app: 'a b,c'}",
    "asterisk: {ari_url: ftp://x}",
    "asterisk: {ari_password: ''}",
    "log: {level: loud}",
    "limits: {emergency_calls: 0}",
    "media: {keep_free_mb: much, dir: [a, [b]]}",
    "smtp: {url: mail, catch_all: maybe}",
    "smtp: {url: smtp://a, catch_all: maybe}",
    "web: {public_url: example.net}",
    "trunks: 5",
    "trunks: [5]",
    "trunks: [{host: h}]",
    "trunks: [{name: a}]",
    "trunks:\n- {name: a, host: h}\n- {name: a, host: h}",
    "trunks: [{name: '123', host: h}]",
    "trunks: [{name: a b, host: h}]",
    "trunks: [{name: a, host: h h}]",
    "trunks: [{name: a, host: h, match: 1.2.3.4/99}]",
    "trunks: [{name: a, host: h, register: yes}]",
    "trunks: [{name: a, host: h, trusted: maybe}]",
    "trunks: [{name: a, host: h, number_format: roman}]",
    "trunks: [{name: a, host: h, qualify: -1}]",
    "trunks: [{name: a, host: h, colour: red}]",
    "trunks: [{name: a, host: h, port: 5, port: 6}]",
    'asterisk: {ari_password: "a\\nb"}',
)
ENVIRONMENT = (
    ("CALLCONTROL_WEB_PORT", "x"),
    ("CALLCONTROL_SMTP_URL", "x" * 70),
    ("CALLCONTROL_RTP_END", "5"),
)

CALLERS: dict[str, Any] = {"selective_reject": {"callers": {}}}
DOCUMENTS: tuple[tuple[str, object], ...] = (
    ("call-manager", []),
    (
        "call-manager",
        {"incoming": "sing", "dnd": 3, "busy": {"forward_enabled": True}, "foo": 1, "reject_anonymous": 1},
    ),
    ("call-manager", {"incoming": "forward", "no_answer": {"forward_after": 5, "voicemail_after": 99}}),
    ("call-manager", {"no_answer": {"forward_after": 9999, "voicemail_after": 1.5}}),
    ("call-manager", {"no_answer": {"forward_after": "6", "voicemail_after": None}}),
    (
        "call-manager",
        {"unconditional": {"number": "anna"}, "busy": {"number": 5}, "unavailable": {"number": "\ud800"}},
    ),
    (
        "call-manager",
        {"selective_reject": {"callers": {"numbers": ["0140000000", "*", "0*1"], "extensions": ["a"]}}},
    ),
    (
        "call-manager",
        {"selective_reject": {"callers": {"numbers": "014", "contacts": ["/"], "contact_groups": [5]}}},
    ),
    ("call-manager", {"selective_reject": {"callers": {"numbers": ["0140000000"] * 1001}}}),
    ("call-manager-advanced", {"incoming": "forward", "busy": {"action": "forward"}}),
    (
        "call-manager-advanced",
        {"incoming": "list", "schedule": {"periods": [{"name": "a", "list": "l"}] * 4}},
    ),
    ("call-manager-advanced", {"schedule": {"periods": [{"name": "a\nb", "list": ""}, {"name": "x" * 81}]}}),
    (
        "call-manager-advanced",
        {"schedule": {"periods": [{"list": "l", "cells": {"mon": [["09:10", "10:00"]]}}]}},
    ),
    ("greetings", {"recorded_name": "../x", "kind": "loud"}),
    (
        "message-settings",
        {"addresses": [{"address": "camille"}, {"voice": True}, {"address": "a@b.fr", "fax": "no"}]},
    ),
    ("message-settings", {"addresses": [{"address": "a@example.net"}, {"address": "A@example.net"}]}),
    ("message-settings", {"addresses": [{"address": "a@example.net"}] * 51}),
    ("business-hours", {"mon": [["9:00", "12:30"]], "tue": [["12:30", "09:00"]], "monday": []}),
    ("business-hours", {"wed": [["09:00", "12:30"], ["12:00", "18:00"]], "thu": [["09:00"]], "fri": "no"}),
    ("ring-tones", {}),
)

FORMS: tuple[tuple[type[BaseModel], object], ...] = (
    (ContactIn, []),
    (ContactIn, {}),
    (ContactIn, {"first_name": "a\x01", "last_name": "x" * 81, "company": 5, "colour": "red", "sms": ""}),
    (
        ContactIn,
        {"first_name": "a", "numbers": [{"kind": "boat", "number": ""}, {}, 5], "emails": ["a", "a@b.fr"]},
    ),
    (ContactIn, {"first_name": "a", "numbers": [{"number": "1"}] * 21, "emails": "a@b.fr"}),
    (ContactGroupIn, {"name": " ", "contacts": ["/"], "groups": 5}),
    (ContactGroupIn, {"contacts": ["a"] * 1001}),
    (ForwardNumberIn, {"number": "x" * 41, "name": None}),
    (Credentials, {"number": 5, "password": "x" * 201}),
    (MessageIn, {"new": "yes", "urgent": 1}),
    (NewTime, {"now": "today"}),
    (NewTime, {"now": "2026-11-22T09:00:00"}),
    (NewTime, {"now": "1726-11-22T09:00:00+01:00"}),
    (NewTime, {"now": 5, "x" * 70: 1}),
    (Paging, {"cursor": "é", "limit": "many"}),
    (Paging, {"limit": "0"}),
    (Paging, {"limit": "1.5", "cursor": "x" * 1501}),
    (Paging, {"limit": "501", "pages": "2"}),
    (MessagesQuery, {"kind": "telex"}),
    (ExplainQuery, {"from": "", "at": "2026-11-22"}),
    (ExplainQuery, {"from": "a\x00b", "at": "never"}),
    (ReminderIn, {}),
    (
        ReminderIn,
        {"recurrence": "yearly", "time": "25:61", "description": "x" * 81, "number": "anna", "colour": 1},
    ),
    (ReminderIn, {"recurrence": "once", "time": "24:00", "date": "2026-02-29", "announcement_id": "../x"}),
    (ReminderIn, {"recurrence": "once", "time": "9:00", "date": "2126-11-22"}),
    (ReminderIn, {"recurrence": "once", "time": "09:00"}),
    (ReminderIn, {"recurrence": "daily", "time": "09:00", "date": "2026-11-22"}),
    (ReminderIn, {"recurrence": "weekly", "time": "09:00"}),
    (ReminderIn, {"recurrence": "weekly", "time": "09:00", "weekday": 8}),
    (ReminderIn, {"recurrence": "daily", "time": "09:00", "weekday": "mon"}),
)
CODES = (
    "number_dead",
    "no_caller",
    "object_twice",
    "etag_impossible",
    "character_impossible",
    "reminder_past",
    "reminder_number",
    "unheard_of",
)


def told() -> dict[str, list[str]]:
    """What is told for each input, by a name that says what was wrong."""
    return {name: [_stable(text) for text in texts] for name, texts in _all()}


def _all() -> Iterator[tuple[str, list[str]]]:
    for path in sorted(CORPUS.iterdir()):
        raw = path.read_bytes()
        yield f"company file: {path.stem}", _mistakes(partial(company_file.parse, raw))
        french = raw.replace(b"language: en", b"language: fr")
        if french != raw:
            yield f"fichier: {path.stem}", _mistakes(partial(company_file.parse, french))
    for text in CONFIG:
        yield f"config: {text if len(text) < 60 else text[:60] + '…'}", [_refused(text, {})]
    for variable, value in ENVIRONMENT:
        yield f"environment: {variable}={value}", [_refused("", {variable: value})]
    for language in LANGUAGES:
        for number, (document, raw_document) in enumerate(DOCUMENTS):
            wrong = _mistakes(partial(parse_settings, document, raw_document, language))
            yield f"{language} {number} {document}", wrong
        for number, (form, raw_form) in enumerate(FORMS):
            yield f"{language} {number} {form.__name__}", _form(form, raw_form, language)
        yield f"{language} codes", [f"{code}: {sentence(code, language)}" for code in CODES]


def _mistakes(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except SettingsInvalid as invalid:
        return [f"{each.where} ({each.line}): {each.text}" for each in invalid.mistakes]
    return []


def _refused(text: str, environ: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "callcontrol.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            load(file, {"CALLCONTROL_RUNTIME_DIR": folder, **environ}, make_secrets=False)
        except ConfigError as error:
            return str(error)
    return ""


def _form(form: type[BaseModel], raw: object, language: str) -> list[str]:
    try:
        form.model_validate(raw)
    except ValidationError as error:
        return [f"{each.where}: {each.text}" for each in mistakes(error, language)]
    return []


def _stable(text: str) -> str:
    """Without the lists of keys, which grow, and without what a library adds."""
    text = re.sub(r"(known are|champs possibles :) [\w, ]+\S*\.?", r"\1 …", text)
    return re.sub(r"(valid YAML|YAML valable) \(.*\)", r"\1 (…)", text)


if __name__ == "__main__":
    rows = [json.dumps({name: texts}, ensure_ascii=False)[1:-1] for name, texts in told().items()]
    TOLD.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
