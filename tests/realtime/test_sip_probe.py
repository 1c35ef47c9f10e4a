"""Whether anything answers at a SIP address: one OPTIONS, tried again as datagrams must be."""

from __future__ import annotations

import socket

import pytest

from callcontrol.runtime import sip_probe
from rig import Trunk


async def test_a_trunk_that_lives_answers_and_a_lost_datagram_is_sent_again() -> None:
    lost: list[object] = []

    def loses_the_first(way: object, message: object) -> bool:
        lost.append(message)
        return len(lost) == 1

    async with Trunk() as trunk:
        trunk.lose = loses_the_first
        assert await sip_probe.answers("127.0.0.1", trunk.local[1])
        assert trunk.asked == 1
        assert len(lost) > 1


async def test_silence_and_a_closed_port_are_no_answer_and_an_unknown_name_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        assert not await sip_probe.answers("127.0.0.1", port, 0.2)
    assert not await sip_probe.answers("127.0.0.1", port, 0.2)
    with pytest.raises(OSError, match=r".+"):
        await sip_probe.answers("no-such-host.invalid", 5060, 0.2)
