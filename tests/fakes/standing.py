"""What stands in the fake telephone system at one moment, as JSON, and the fake set up again as it stood.

Times are seconds ago, so that a call can be taken up at any time of any loop.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from tests.fakes.asterisk import ENTER_SECONDS, FakeAsterisk
from tests.fakes.behaviour import Behaviour
from tests.fakes.channel import FakeChannel, Playback, Recording, prompt_of

Json = dict[str, Any]
PLAIN = ("id", "name", "endpoint", "inbound", "state", "entered", "rung", "leads")
"""Fields of a channel that stand as they are, those that are not empty."""
LEG_ARGS = ("leg",)


def behaviour_told(does: Behaviour) -> Json:
    """Only what differs from the usual behaviour."""
    return {f.name: value for f in fields(does) if (value := getattr(does, f.name)) != f.default}


# --- as it stands -----------------------------------------------------------------------------------------------


def standing(system: FakeAsterisk) -> Json:
    """Every channel with its media, every bridge with its channels, every finished recording in the spool."""
    return {
        "channels": [_channel(channel, system.time) for channel in system.channels.values()],
        "bridges": {bridge: sorted(members) for bridge, members in system.bridges.members.items()},
        "files": dict(system.media.files),
    }


def _channel(channel: FakeChannel, now: float) -> Json:
    told: Json = {name: value for name in PLAIN if (value := getattr(channel, name))}
    if not channel.inbound:
        told["behaviour"] = behaviour_told(channel.behaviour)
    if channel.dialled_at is not None:
        told["dialled"] = _ago(channel.dialled_at, now) | {"timeout": channel.dial_timeout}
    if channel.answered_at is not None:
        told["answered"] = _ago(channel.answered_at, now)
    if channel.plays:
        told["plays"] = [
            {"id": play.id, "prompts": [prompt_of(media) for media in play.media]}
            | _ago(play.started_at, now)
            for play in channel.plays
        ]
    if channel.recordings:
        told["recordings"] = [
            {"name": made.name, "max_seconds": made.max_seconds, "max_silence": made.max_silence}
            | {"terminate_on": made.terminate_on}
            | _ago(made.started_at, now)
            for made in channel.recordings
        ]
    return told


def _ago(at: float | None, now: float) -> Json:
    return {} if at is None else {"ago": round(now - at, 6)}


# --- as it stood ------------------------------------------------------------------------------------------------


def set_up(system: FakeAsterisk, stood: Json) -> None:
    """Everything is there again, and goes on: what plays ends at its time, who rings answers at its time.

    What an inbound channel is besides (its arguments, when its caller falls silent) is for the caller to set.
    """
    for told in stood["channels"]:
        channel = FakeChannel(told["id"], told["name"], told["endpoint"], told.get("inbound", False))
        system.channels[channel.id] = channel
        _set_up_channel(system, channel, told)
    for bridge, members in stood["bridges"].items():
        system.bridges.create(bridge)
        system.bridges.join(bridge, [system.channels[channel] for channel in members])
    system.media.files |= stood["files"]
    for channel in system.channels.values():
        system.media.goes_on(channel)
        if not channel.inbound and not channel.entered:
            system.later(channel, ENTER_SECONDS, system.leg_enters)
        if channel.dialled:
            system.far_ends.goes_on(channel)


def _set_up_channel(system: FakeAsterisk, channel: FakeChannel, told: Json) -> None:
    channel.state, channel.entered = told["state"], told.get("entered", False)
    channel.rung, channel.leads = told.get("rung", False), told.get("leads", False)
    if not channel.inbound:
        channel.args, channel.behaviour = LEG_ARGS, Behaviour(**told["behaviour"])
    if "dialled" in told:
        channel.dialled, channel.dial_timeout = True, told["dialled"]["timeout"]
        channel.dialled_at = _at(system, told["dialled"])
    if "answered" in told:
        channel.answered_at = _at(system, told["answered"])
    for play in told.get("plays", ()):
        media = tuple(f"sound:{prompt}" for prompt in play["prompts"])
        channel.plays.append(Playback(play["id"], media, _at(system, play)))
    for made in told.get("recordings", ()):
        given = {name: made[name] for name in ("name", "max_seconds", "max_silence", "terminate_on")}
        recording = Recording(channel=channel.id, **given, started_at=_at(system, made))
        channel.recordings.append(recording)
        system.media.recordings[recording.name] = recording


def _at(system: FakeAsterisk, told: Json) -> float | None:
    return system.time - told["ago"] if "ago" in told else None
