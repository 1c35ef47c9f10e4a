"""SIP packets that are none, or nearly: cut, doubled, overlong, with bits turned. Asterisk stays the same process and
answers, and the next honest call goes as ever."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

import pytest

from rig import both_hear
from tests.e2e.alone import ALICE, BOB, alone, phone
from tests.e2e.people import register
from tests.hostile_size import size, tried
from tests.stack import Stack

__all__ = ["alone"]

pytestmark = pytest.mark.hostile

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.77\r\ns=-\r\nc=IN IP4 127.0.0.77\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
)
METHODS = (
    "INVITE",
    "REGISTER",
    "OPTIONS",
    "SUBSCRIBE",
    "BYE",
    "ACK",
    "CANCEL",
    "NOTIFY",
    "REFER",
    "MESSAGE",
    "UPDATE",
    "INFO",
)
VALUES = (
    *(
        "",
        " ",
        "\0",
        "%s%n%x",
        "-1",
        "99999999999999999999",
        "<" * 200,
        '"' * 99,
        "A" * 4000,
        "é" * 300,
        "sip:",
        "sip:@:;?",
    ),
    *(
        "<sip:x@[::1]:99999>",
        "\r\n\t x",
        "1 INVITE, 2 INVITE",
        "Digest " + "a=b," * 400,
        "tel:+" + "9" * 500,
        "*" * 50,
    ),
)


def honest(method: str, number: int) -> list[str]:
    """The lines of a request that a phone could send, and its body as the last of them."""
    return [
        f"{method} sip:{BOB}@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.77:5099;branch=z9hG4bK{number};rport",
        "Max-Forwards: 70",
        f"From: <sip:{ALICE}@127.0.0.1>;tag=t{number}",
        f"To: <sip:{BOB}@127.0.0.1>",
        f"Call-ID: hostile-{number}",
        f"CSeq: 1 {method}",
        f"Contact: <sip:{ALICE}@127.0.0.77:5099>",
        "Expires: 60",
        "Event: dialog",
        "Authorization: Digest username=x, realm=y, nonce=z, uri=u, response=r",
        "Session-Expires: 1800",
        "Content-Type: application/sdp",
        f"Content-Length: {len(SDP)}",
        "",
        SDP,
    ]


def mutated(count: int, seed: int = 7) -> Iterator[bytes]:
    dice = random.Random(seed)
    for number in range(count):
        lines = honest(dice.choice(METHODS), number)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(lines) - 2)
            match dice.randrange(6):
                case 0:
                    lines[at] = f"{lines[at].partition(':')[0]}: {dice.choice(VALUES)}"
                case 1:
                    lines.insert(at, lines[at])
                case 2:
                    del lines[at]
                case 3:
                    lines[at] = lines[at].replace(dice.choice(lines[at] or " "), dice.choice(VALUES), 1)
                case 4:
                    lines[-1] = lines[-1].replace(dice.choice("v=o-sctmar:/"), dice.choice(VALUES))
                case _:
                    lines[at] = lines[at] * dice.randint(2, 12)
        raw = bytearray("\r\n".join(lines).encode()[:60_000])
        if dice.random() < 0.3:
            for _ in range(dice.randint(1, 8)):
                raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        if dice.random() < 0.1:
            del raw[dice.randrange(len(raw)) :]
        yield bytes(raw)


async def test_packets_that_are_no_sip_do_not_disturb_it(alone: Stack) -> None:
    count, pid = size(200, 3000), alone.asterisk_pid
    host, _, port = alone.sip_server.partition(":")
    async with phone(alone, ALICE) as a, phone(alone, BOB) as b:
        await register(a, b)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind(("127.0.0.77", 0))
            for number, packet in enumerate(mutated(count)):
                wire.sendto(packet, (host, int(port)))
                if number % 50 == 49:  # a phone is answered between them
                    assert (await a.try_register()).status == 200
        assert "0 active calls" in await alone.asterisk_cli("core show channels count")
        call = await a.invite(BOB)
        leg = await (await b.incoming()).answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
    assert alone.asterisk_pid == pid
    tried("mutated SIP packets", count)
