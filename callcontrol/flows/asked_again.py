"""Which devices of a ring are asked once more, and at which endpoint. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from callcontrol.call.leg import Leg
from callcontrol.facts import Device
from callcontrol.sip_account import SDES, SOUND_REFUSED

REDIRECTED = range(300, 400)
MOST_TRIES = 4
"""How often a device is asked whose redirect is not understood."""


def asked_again(legs: Sequence[Leg]) -> Iterator[tuple[Leg, Device]]:
    """The legs whose devices are to be asked once more, and as what."""
    for leg in legs:
        if leg.ended and (device := _once_more(leg, legs)) is not None:
            yield leg, device


def _once_more(leg: Leg, legs: Sequence[Leg]) -> Device | None:
    """Redirected without a word of where to: Asterisk sometimes loses the target of a 302 that comes within some
    milliseconds (seen: no Dial event names it). Or it was lost before it could ring. Or its device takes no sound that
    it was offered: it is offered the other, once."""
    device = _device(leg)
    of_device = [other for other in legs if _device(other) == device]
    if leg.lost or leg.sip_status in REDIRECTED:
        return device if leg is of_device[-1] and len(of_device) < MOST_TRIES else None
    if leg.sip_status not in SOUND_REFUSED or device.account not in (None, SDES):
        return None
    other = replace(device, account=None if device.account else SDES)
    return None if any(_device(each) == other for each in legs) else other


def _device(leg: Leg) -> Device:
    return Device(leg.target, account=leg.account)
