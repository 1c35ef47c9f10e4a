"""A line that has as much as the portal is measured with: 1,000 contacts, 500 messages, 20,000 calls, full lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from callcontrol.because import Because
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactBook
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.services import Repositories

CONTACTS, MESSAGES, CALLS, LISTED, SESSIONS = 1000, 500, 20_000, 900, 40
_SHARES = (
    (Direction.MISSED, 12_000),
    (Direction.RECEIVED, 5000),
    (Direction.OUTGOING, 2990),
    (Direction.REJECTED, 10),
)
"""How many calls of each kind. The last is rare and older than all others: who looks for it must not read those."""


_ENDS = tuple((each, sum(count for _, count in _SHARES[: n + 1])) for n, (each, _) in enumerate(_SHARES))
DOCUMENT = {
    "selective_reject": {
        "enabled": True,
        "callers": {"numbers": [f"07{n:08}" for n in range(LISTED)], "contacts": ["contact-1", "contact-2"]},
    },
    "dnd": {"enabled": True, "priority_enabled": True, "priority": {"contacts": ["contact-3"]}},
}
"""Its call manager."""


def cards() -> list[ContactCard]:
    """The contacts, each with two numbers."""
    return [
        ContactCard(
            f"contact-{n}",
            first_name="Marie-Antoinette" if n % 7 == 0 else "Jean",
            last_name=f"Kerguelen {n:04}",
            company="Conserverie de la Baie",
            numbers=(("mobile", f"06{n:08}"), ("work", f"02{n:08}")),
            emails=(f"contact{n}@example.net",),
        )
        for n in range(CONTACTS)
    ]


def book() -> ContactBook:
    """The contacts as the directory has them."""
    return ContactBook(card.contact() for card in cards())


async def fill(repositories: Repositories, line: str, colleague: str, now: datetime) -> None:
    """Give all of it to ``line``; some of its calls and messages are of ``colleague``. What is written is not waited
    for in any directory."""
    by = ChangedBy(line, Where.API, now)
    await repositories.contacts.put(line, cards(), by)
    await repositories.messages.deliver_all([_message(n, line, colleague, now) for n in range(MESSAGES)])
    await repositories.calls.write([_call(n, line, colleague, now) for n in range(CALLS)])
    for _ in range(SESSIONS):
        await repositories.sessions.create(line, now, timedelta(days=1))
    await repositories.settings.put_all(
        line, {"call-manager": DOCUMENT}, expected_versions={"call-manager": 0}, by=by
    )


def _peer(n: int, colleague: str) -> Peer:
    match n % 4:
        case 0:
            return Peer(Presentation.SHOWN, f"+336{n % CONTACTS:08}", "Somebody")
        case 1:
            return Peer(Presentation.SHOWN, f"+33{colleague[1:]}", "A colleague")
        case 2:
            return Peer(Presentation.SHOWN, f"+337{n % LISTED:08}", "Marie-Antoinette de La Rochefoucauld-K.")
        case _:
            return Peer(Presentation.ANONYMOUS) if n % 8 == 3 else Peer(Presentation.SHOWN, f"+335{n:08}")


def _message(n: int, line: str, colleague: str, now: datetime) -> Message:
    """A tenth are faxes, a tenth is deleted, a third is new."""
    at = now - timedelta(minutes=n)
    fax = n % 10 == 0
    return Message(
        f"message-{n}",
        line,
        MessageKind.FAX if fax else MessageKind.VOICE,
        _peer(n, colleague),
        at,
        f"messages/{line}/message-{n}.wav16",
        None if fax else 12.5,
        2 if fax else None,
        n % 3 == 0,
        n % 20 == 1,
        at if n % 10 == 5 else None,
    )


def _call(n: int, line: str, colleague: str, now: datetime) -> CallRecord:
    direction = next(each for each, end in _ENDS if n < end)
    began = now - timedelta(minutes=2 * n)
    answered = began + timedelta(seconds=9) if direction in (Direction.RECEIVED, Direction.OUTGOING) else None
    ended = began + timedelta(seconds=90)
    return CallRecord(
        f"call-{n}",
        line,
        direction,
        _peer(n, colleague),
        began,
        answered,
        ended,
        Because("refuse.selective" if direction is Direction.REJECTED else "ring.default"),
        f"message-{n}" if direction is Direction.MISSED and n < MESSAGES else None,
        (
            LegRecord(
                f"sip:{line}@192.0.2.7:5060",
                began,
                answered,
                ended,
                "answered" if answered else "no_answer",
                None,
            ),
        ),
    )
