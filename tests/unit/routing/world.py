"""The small world of the routing tests: the demo company, its lines, and one call at one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from callcontrol.directory.contacts import Contact, ContactBook, ContactGroup
from callcontrol.directory.directory import Directory
from callcontrol.facts import (
    Caller,
    Company,
    Device,
    Group,
    IncomingCall,
    Licence,
    Line,
    LineState,
    OutsideForward,
    Presentation,
)
from callcontrol.routing.decide import CalledLine, decide
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    ForwardInside,
    ForwardOutside,
    OutgoingStep,
    Refuse,
    Ring,
    RunStarCode,
    Step,
    TakeMessage,
    Tried,
)
from callcontrol.settings.parse import merge, parse

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
A, B, C, D = "0222969569", "0222969570", "0222969571", "0222969572"
GROUP = "0222969500"
MOBILE = "+33660606060"
DESK, SOFTPHONE = Device("sip:desk@192.0.2.1"), Device("sip:soft@192.0.2.2")

COMPANY = Company("demo", "Démo", main_caller_id="0222969500")
LINES = (
    Line(A, "demo", "Camille Martin", extension="4002", site_number="0222969501"),
    Line(B, "demo", "Dominique Petit", extension="4003", licence=Licence.SIMPLE),
    Line(C, "demo", "Claude Durand", extension="4004", licence=Licence.FULL_MEETING_ADVANCED),
    Line(D, "demo", "Sacha Bernard", extension="4005"),
)
STRANGER = Caller(Presentation.SHOWN, "+33140000000", name="Société Dupont")
ANONYMOUS = Caller(Presentation.ANONYMOUS)
UNAVAILABLE = Caller(Presentation.UNAVAILABLE)
COLLEAGUE = Caller(
    Presentation.SHOWN,
    "+33222969570",
    name="Dominique Petit",
    line=B,
    company="demo",
    extension="4003",
    device="sip:b@192.0.2.9",
)
BOOK = ContactBook(
    [
        Contact("dupont", "Jeanne", "Dupont", numbers=("+33140000000", "+33660606060")),
        Contact("nick", nickname="Loulou", numbers=("+33140000001",)),
        Contact("colleague", "Dominique", numbers=("+33222969570",)),
    ],
    [
        ContactGroup("family", "Famille", frozenset({"nick"}), frozenset({"friends"})),
        ContactGroup("friends", "Amis", frozenset({"dupont"}), frozenset({"family"})),
        ContactGroup("nobody", "Personne", frozenset({"gone"})),
    ],
)


def directory(company: Company = COMPANY, **documents: object) -> Directory:
    """The demo company. ``documents``: e.g. ``B={"incoming": "voicemail"}``, a call manager by line's letter."""
    made = Directory(lambda line, document, error: (_ for _ in ()).throw(error))
    made.put_company(company)
    made.put_company(Company("other", "Autre"))
    for line in LINES:
        made.put_line(line)
    made.put_line(Line("0345000000", "other", "Voisin", extension="4002"))
    made.put_group(Group(GROUP, "demo", "Accueil", extension="4900", members=(A, B)))
    made.put_short_code("demo", "550", "0970711058")
    made.put_short_code("demo", "551", "00441632960000")
    for name, raw in documents.items():
        made.put_document({"A": A, "B": B, "C": C, "D": D}[name], "call-manager", raw)
    return made


@dataclass(frozen=True)
class At:
    """One call at line A (or another), with what is set and true there. ``manager`` etc. are patches."""

    caller: Caller = STRANGER
    manager: Mapping[str, Any] = field(default_factory=dict)
    advanced: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, Any] = field(default_factory=dict)
    messages: Mapping[str, Any] = field(default_factory=dict)
    line: str = A
    devices: tuple[Device, ...] = (DESK, SOFTPHONE)
    busy_calls: int = 0
    outside_calls: int = 0
    forwarding: tuple[OutsideForward, ...] = ()
    path: tuple[str, ...] = ()
    forwards: int | None = None
    first_line: str | None = None
    company: Company = COMPANY

    def also(self, **changes: object) -> At:
        return replace(self, **changes)  # type: ignore[arg-type]

    def called(self, where: Directory) -> CalledLine:
        for name, patch in (
            ("call-manager", self.manager),
            ("call-manager-advanced", self.advanced),
            ("call-settings", self.calls),
            ("message-settings", self.messages),
        ):
            if patch:
                where.put_document(self.line, name, patch)
        line = where.line(self.line)
        assert line is not None
        state = LineState(self.devices, self.busy_calls, self.outside_calls, self.forwarding)
        return CalledLine(line, self.company, where.settings(self.line), state, BOOK)

    def call(self) -> IncomingCall:
        forwards = len(self.path) if self.forwards is None else self.forwards
        first = self.first_line or next(iter(self.path), self.line)
        return IncomingCall(self.caller, first, self.path, forwards)

    def decide(self, *tried: Tried) -> Step:
        where = directory(self.company)
        return decide(self.call(), self.called(where), where, NOW, tried)


def told(step: Step | OutgoingStep) -> str:
    """A step as a short text, for the tables."""
    match step:
        case Ring(devices=devices, seconds=seconds, distinctive=distinctive):
            text = f"ring {len(devices)} for {seconds:g}{' distinctively' if distinctive else ''}"
        case ForwardInside(line=line, reason=why):
            text = f"inside {line} {why.value}"
        case ForwardOutside(number=number, reason=why):
            text = f"outside {number} {why.value}"
        case TakeMessage(box=box, busy=busy, dnd=dnd):
            text = f"voicemail {box}{' busy' if busy else ''}{' dnd' if dnd else ''}"
        case Refuse(prompt=prompt, kind=kind):
            text = f"refuse {prompt} {kind.value}"
        case CallLine(line=line, withheld=withheld, shown=shown):
            text = f"line {line}{' hidden' if withheld else ''}{' shown' if shown else ''}"
        case CallOutside(number=number, present=present, withheld=withheld):
            text = f"outside {number} as {present}{' hidden' if withheld else ''}"
        case CallEmergency(number=number, present=present):
            text = f"emergency {number} as {present}"
        case RunStarCode(code=code, argument=argument):
            text = f"code {code} {argument}".rstrip()
    return f"{text} ({step.because.rule})"


def everybody(**more: object) -> dict[str, object]:
    """A list that the stranger is on."""
    return {"enabled": True, "callers": {"numbers": ["01 40 00 00 00"]}, **more}


def patched(document: str, *patches: object) -> Any:
    """Several merge patches of one document, one after the other."""
    raw: Any = {}
    for patch in patches:
        raw = merge(document, raw, patch)
    parse(document, raw)
    return raw
