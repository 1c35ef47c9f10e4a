"""ARI's events as Asterisk 22 sends them, in our vocabulary; damaged ones are refused and never crash."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.asterisk import events
from callcontrol.telephony import (
    Channel,
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelLeft,
    ChannelProgressing,
    ChannelRinging,
    DialRedirected,
    Event,
    HangupRequested,
    HoldChanged,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    TransferAsked,
    UserEvent,
)


def raw_channel(state: str = "Ring", number: str = "1") -> dict[str, Any]:
    """A channel as Asterisk 22.10 writes it."""
    return {
        "id": f"177{number}.5",
        "name": f"PJSIP/0222969569-0000000{number}",
        "state": state,
        "protocol_id": "a84b4c76e66710",
        "caller": {"name": "Camille", "number": "0222969569"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "enter",
            "exten": "4003",
            "priority": 6,
            "app_name": "Stasis",
            "app_data": "a,line",
        },
        "creationtime": "2026-11-18T10:00:00.123+0100",
        "language": "fr",
    }


def told(state: str = "Ring", number: str = "1") -> Channel:
    return Channel(
        f"177{number}.5", f"PJSIP/0222969569-0000000{number}", state, "Camille", "0222969569", "", "4003"
    )


def raw(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "application": "callcontrol",
        "timestamp": "2026-11-18T10:00:00.123+0100",
        "asterisk_id": "00:00:5e:00:53:01",
        **fields,
    }


PLAYBACK = {
    "id": "play1",
    "media_uri": "sound:x",
    "target_uri": "channel:1771.5",
    "language": "fr",
    "state": "done",
}
RECORDING = {"name": "m1", "format": "wav16", "state": "done", "target_uri": "channel:1771.5", "duration": 7}
CHANNEL, UP = raw_channel(), raw_channel("Up")
REFERRED = {"source_channel": CHANNEL, "connected_channel": raw_channel("Up", "2"), "bridge": {"id": "b"}}

EVENTS: tuple[tuple[str, dict[str, Any], Event | None], ...] = (
    ("a call enters",
     raw("StasisStart", args=["line", "eA=="], channel=CHANNEL), ChannelEntered(told(), ("line", "eA=="))),
    ("a channel replaces another", raw("StasisStart", args=[], channel=CHANNEL, replace_channel=raw_channel("Up", "2")),
     ChannelEntered(told(), (), "1772.5")),
    ("a channel leaves", raw("StasisEnd", channel=UP), ChannelLeft(told("Up"))),
    ("it rings", raw("ChannelStateChange", channel=raw_channel("Ringing")), ChannelRinging(told("Ringing"))),
    ("it is answered", raw("ChannelStateChange", channel=UP), ChannelAnswered(told("Up"))),
    ("another state", raw("ChannelStateChange", channel=raw_channel("Down")), None),
    ("it ends",
     raw("ChannelDestroyed", channel=UP, cause=16, cause_txt="Normal Clearing"), ChannelEnded(told("Up"), 16)),
    ("it was busy", raw("ChannelDestroyed", channel=CHANNEL, cause=17, cause_txt="User busy", tech_cause=486),
     ChannelEnded(told(), 17, 486)),
    ("it hangs up", raw("ChannelHangupRequest", channel=UP, cause=16), HangupRequested(told("Up"), 16)),
    ("it hangs up without a word", raw("ChannelHangupRequest", channel=UP), HangupRequested(told("Up"))),
    ("a key", raw("ChannelDtmfReceived", channel=UP, digit="#", duration_ms=100), KeyPressed(told("Up"), "#")),
    ("hold", raw("ChannelHold", channel=UP, musicclass="default"), HoldChanged(told("Up"), held=True)),
    ("unhold", raw("ChannelUnhold", channel=UP), HoldChanged(told("Up"), held=False)),
    ("a prompt ends", raw("PlaybackFinished", playback=PLAYBACK), PlaybackEnded("play1", "1771.5", failed=False)),
    ("a prompt fails", raw("PlaybackFinished", playback=PLAYBACK | {"state": "failed"}),
     PlaybackEnded("play1", "1771.5", failed=True)),
    ("a recording ends", raw("RecordingFinished", recording=RECORDING), RecordingEnded("m1", "1771.5", False, 7.0)),
    ("a recording fails",
     raw("RecordingFailed", recording={**RECORDING, "cause": "x"}), RecordingEnded("m1", "1771.5", True, 7.0)),
    ("a blind transfer", raw("ChannelTransfer", refer_to={"requested_destination": {"destination": "4005"}},
                             referred_by=REFERRED, state="Invalid"), TransferAsked(told(), "4005")),
    ("an attended transfer",
     raw("ChannelTransfer", refer_to={"requested_destination": {"destination": "4005"},
                                 "destination_channel": raw_channel("Up", "3")}, referred_by=REFERRED),
     TransferAsked(told(), "4005", "1773.5")),
    ("a redirect", raw("Dial", peer=CHANNEL, dialstatus="CANCEL", forward="Local/0612345678@from-line", dialstring=""),
     DialRedirected(told(), "0612345678")),
    ("a dial that says 183", raw("Dial", peer=CHANNEL, dialstatus="PROGRESS", forward="", dialstring=""),
     ChannelProgressing(told())),
    ("a dial that goes on", raw("Dial", peer=CHANNEL, dialstatus="RINGING", forward="", dialstring=""), None),
    ("a word of the dialplan", raw("ChannelUserevent", channel=UP, eventname="FaxDone",
                                   userevent={"eventname": "FaxDone", "pages": "2"}),
     UserEvent("1771.5", "FaxDone", (("pages", "2"),))),
    ("a word without a channel", raw("ChannelUserevent", eventname="X", userevent={}), UserEvent(None, "X", ())),
    ("an event that we do not use", raw("PlaybackStarted", playback=PLAYBACK), None),
    ("an event that nobody knows", raw("SomethingNew", channel=1), None),
)  # fmt: skip


@pytest.mark.parametrize(("given", "event"), [pytest.param(*row[1:], id=row[0]) for row in EVENTS])
def test_each_event_in_our_words(given: dict[str, Any], event: Event | None) -> None:
    assert events.parse(given) == event


def test_what_floods_the_socket_is_not_what_we_need() -> None:
    assert not set(events.NOT_WANTED) & {row[1]["type"] for row in EVENTS if row[2] is not None}
