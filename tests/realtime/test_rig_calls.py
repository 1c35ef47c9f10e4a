"""Phone against phone, without a server: what the rig sends and understands in a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rig import Phone, Timers, Trunk, both_hear
from rig.agent import Agent
from rig.message import Message, Request, Response
from rig.ticker import shared_ticker
from rig.trace import Way

QUICK = Timers(t1=0.05, t2=0.4, t4=0.5)


@asynccontextmanager
async def pair(codecs: tuple[str, ...] = ("PCMA", "PCMU")) -> AsyncIterator[tuple[Phone, Trunk]]:
    """A phone whose "server" is a trunk: calls go straight to it."""
    async with (
        Trunk(name="paul", timers=QUICK) as paul,
        Phone("camille", None, paul.local, display_name="Camille D.", timers=QUICK, codecs=codecs) as camille,
    ):
        yield camille, paul


def lose_first(phone: Agent, way: Way, matching: str) -> list[Message]:
    """Drop the first message whose start line begins with `matching`; returns what was dropped."""
    dropped: list[Message] = []

    def lose(going: Way, message: Message) -> bool:
        assert isinstance(message, Request | Response)
        if dropped or going != way or not message.start_line.startswith(matching):
            return False
        dropped.append(message)
        return True

    phone.lose = lose
    return dropped


async def test_ring_answer_talk_hang_up() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite(
            "4003", headers=[("Privacy", "id"), ("Diversion", "<sip:1@h>;reason=no-answer")]
        )
        ring = await paul.incoming(to="4003")
        assert ring.dialled == "4003"
        assert ring.header("privacy") == "id"
        assert ring.headers("Diversion") == ["<sip:1@h>;reason=no-answer"]
        assert (ring.caller.display, ring.caller.user) == ("Camille D.", "camille")
        await ring.ring(headers=[("Alert-Info", "<http://x>;info=internal")])
        ringing = await call.ringing()
        assert ringing.header("Alert-Info") == "<http://x>;info=internal"
        assert [provisional.status for provisional in call.provisionals] == [100, 180]
        leg = await ring.answer()
        await call.answered()
        assert call.final_status == 200
        await both_hear(call, leg)
        await call.hang_up(headers=[("Reason", "Q.850;cause=16")])
        bye = await leg.ended()
        assert isinstance(bye, Request)
        assert bye.header("Reason") == "Q.850;cause=16"
        assert camille.calls == paul.calls == []
        assert not camille.owners
        assert not paul.owners


async def test_the_callee_hangs_up_and_either_side_hears_silence() -> None:
    async with pair() as (camille, paul):
        paul.auto_answer()
        call = await camille.invite("4003")
        await call.answered()
        leg = await paul.incoming()
        await leg.hang_up()
        ended = await call.ended()
        assert isinstance(ended, Request)
        assert ended.method == "BYE"


async def test_early_media_is_heard_before_the_answer() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite("4003")
        ring = await paul.incoming()
        await ring.progress()
        await call.early_media()
        await both_hear(call, ring)
        await ring.answer()
        await call.answered()
        await call.hang_up()


@pytest.mark.parametrize("status", [404, 480, 486, 600, 603])
async def test_refusals_arrive_with_their_headers(status: int) -> None:
    async with pair() as (camille, paul):
        paul.auto_reject(status, headers=[("Reason", "Q.850;cause=17")])
        call = await camille.invite("4003")
        final = await call.refused()
        assert (final.status, final.header("Reason")) == (status, "Q.850;cause=17")
        assert call.final_status == status
        assert await call.ended() is final


async def test_a_redirection_carries_its_contact() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite("4003")
        await (await paul.incoming()).redirect("sip:0612345678@127.0.0.1")
        final = await call.refused()
        assert final.status == 302
        assert final.address("Contact").user == "0612345678"


async def test_cancel_reaches_the_callee_with_its_reason() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite("4003")
        ring = await paul.incoming()
        await ring.ring()
        final = await call.cancel(headers=[("Reason", 'SIP;cause=200;text="Call completed elsewhere"')])
        assert final is not None
        assert final.status == 487
        cancel = await ring.cancelled()
        assert cancel.headers("Reason") == ['SIP;cause=200;text="Call completed elsewhere"']
        with pytest.raises(AssertionError, match="cannot answer: the call is over"):
            await ring.answer()


async def test_a_leg_that_ends_while_its_socket_is_opened_never_sends() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite("4003")
        ring = await paul.incoming(to="4003")
        answering = asyncio.create_task(ring.answer())
        await asyncio.sleep(0)  # it waits for its socket now
        ring.finish(None)
        await asyncio.gather(answering, return_exceptions=True)
        await call.hang_up()
    assert not shared_ticker().members


async def test_cancel_that_crosses_the_answer_ends_in_bye() -> None:
    async with pair() as (camille, paul):
        call = await camille.invite("4003")
        ring = await paul.incoming()
        dropped = lose_first(paul, "in", "CANCEL")
        cancelling = asyncio.create_task(call.cancel())
        await paul.until(lambda: bool(dropped), 2, "no CANCEL")
        await ring.answer()
        await ring.ended()
        final = await cancelling
        assert final is not None
        assert final.status == 200


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_keys_both_ways(method: str) -> None:
    async with pair() as (camille, paul):
        paul.auto_answer()
        call = await camille.invite("4003")
        await call.answered()
        leg = await paul.incoming()
        kind = "info" if method == "info" else "rfc4733"
        await call.send_dtmf("12#", method=kind, seconds=0.06)  # type: ignore[arg-type]
        await leg.hears_keys("12#")
        await leg.send_dtmf("*0", method=kind, seconds=0.06)  # type: ignore[arg-type]
        await call.hears_keys("*0")
        assert (call.keys, leg.keys) == ("*0", "12#")


async def test_hold_and_resume() -> None:
    async with pair() as (camille, paul):
        paul.auto_answer()
        call = await camille.invite("4003")
        await call.answered()
        leg = await paul.incoming()
        await both_hear(call, leg)
        await call.hold()
        assert b"a=sendonly" in (await leg.receives("INVITE")).body
        await asyncio.gather(call.hears_silence(), leg.hears_silence())
        await call.resume()
        await both_hear(call, leg)
        await leg.reinvite()
        assert call.is_answered
        await both_hear(call, leg)


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
async def test_each_codec_alone(codec: str) -> None:
    async with pair(codecs=(codec,)) as (camille, paul):
        paul.auto_answer()
        call = await camille.invite("4003")
        await call.answered()
        await both_hear(call, await paul.incoming())


async def test_no_codec_in_common_is_refused_with_488() -> None:
    async with (
        Trunk(codecs=("PCMU",), timers=QUICK) as paul,
        Phone("camille", None, paul.local, codecs=("PCMA",), timers=QUICK) as camille,
    ):
        call = await camille.invite("4003")
        with pytest.raises(AssertionError, match="suits no codec"):
            await (await paul.incoming()).answer()
        assert (await call.refused()).status == 488


async def test_refer_blind_and_attended_with_sipfrags() -> None:
    async with pair() as (camille, paul):
        paul.auto_answer()
        first, second = await camille.invite("4003"), await camille.invite("4004")
        await asyncio.gather(first.answered(), second.answered())
        leg = await paul.incoming(to="4003")
        transfer = await first.refer("4009")
        refer = await leg.receives("REFER")
        assert refer.address("Refer-To").user == "4009"
        for line, state in (
            ("SIP/2.0 100 Trying", "active"),
            ("SIP/2.0 200 OK", "terminated;reason=noresource"),
        ):
            await _notify(leg, line, state)
        assert await transfer.finished() == 200
        assert transfer.statuses == [100, 200]
        await first.refer_attended(second)
        attended = leg.received[-1].required("Refer-To")
        assert "?Replaces=" in attended
        assert second.dialog.call_id in attended


async def _notify(leg: object, line: str, state: str) -> None:
    from rig import midcall
    from rig.call import Call

    assert isinstance(leg, Call)
    headers = [("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag")]
    assert (await midcall.ask(leg, "NOTIFY", headers=headers, body=line.encode())).status == 200


@pytest.mark.parametrize(
    ("who", "way", "what"),
    [
        ("camille", "out", "INVITE"),
        ("camille", "in", "SIP/2.0 200"),
        ("camille", "out", "ACK"),
        ("paul", "out", "SIP/2.0 180"),
        ("camille", "out", "BYE"),
        ("paul", "out", "SIP/2.0 100"),
    ],
)
async def test_what_is_lost_is_sent_again(who: str, way: Way, what: str) -> None:
    async with pair() as (camille, paul):
        dropped = lose_first(camille if who == "camille" else paul, way, what)
        call = await camille.invite("4003")
        ring = await paul.incoming()
        await ring.ring()
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
        await leg.ended()
        assert len(dropped) == 1
        await paul.no_incoming(for_=0.05)


async def test_a_lost_refusal_is_sent_again_until_acknowledged() -> None:
    async with pair() as (camille, paul):
        lose_first(paul, "out", "SIP/2.0 486")
        call = await camille.invite("4003")
        await (await paul.incoming()).reject(486)
        assert (await call.refused()).status == 486


async def test_nobody_answers_and_the_failure_shows_the_trace() -> None:
    async with pair() as (camille, paul):
        paul.ignore()
        call = await camille.invite("4003")
        with pytest.raises(AssertionError, match=r"(?s)camille: no 180 within 0.3 s.*→ INVITE sip:4003@127"):
            await call.ringing(within=0.3)
        await paul.until(lambda: bool(paul.ignored), 1, "no INVITE")
        await paul.no_incoming(for_=0.1)
        with pytest.raises(AssertionError, match="not answered: no answer at all came"):
            await call.answered(within=5)


async def test_a_refusal_ends_the_wait_for_an_answer_at_once() -> None:
    async with pair() as (camille, paul):
        paul.auto_reject(486)
        call = await camille.invite("4003")
        with pytest.raises(AssertionError, match="not answered: 486 came"):
            await call.answered(within=60)


async def test_no_incoming_fails_when_it_rings() -> None:
    async with pair() as (camille, paul):
        await camille.invite("4003")
        with pytest.raises(AssertionError, match=r"is called by .*camille"):
            await paul.no_incoming()


async def test_leaving_ends_what_is_still_up() -> None:
    async with Trunk(name="paul", timers=QUICK) as paul:
        async with Phone("camille", None, paul.local, timers=QUICK) as camille:
            paul.auto_answer()
            up = await camille.invite("4003")
            await up.answered()
            paul.manual()
            await camille.invite("4004")
            ringing = await paul.incoming(to="4004")
        leg = await paul.incoming()
        assert (await leg.ended()) is not None
        await ringing.cancelled()


async def test_pulling_the_plug_says_nothing() -> None:
    async with Trunk(name="paul", timers=QUICK) as paul:
        async with Phone("camille", None, paul.local, timers=QUICK) as camille:
            paul.auto_answer()
            call = await camille.invite("4003")
            await call.answered()
            leg = await paul.incoming()
            await camille.vanish()
        assert not leg.is_over


async def test_options_messages_and_summaries_are_taken() -> None:
    async with pair() as (camille, paul):
        body = b"Messages-Waiting: yes\r\nMessage-Account: sip:1@h\r\nVoice-Message: 3/1 (1/0)\r\nFax-Message: 2/0\r\n"

        async def send(method: str, headers: list[tuple[str, str]], content: bytes = b"") -> int:
            number = len(paul.trace.lines)
            head = [("From", "<sip:p@h>;tag=1"), ("To", "<sip:camille@h>"), ("Call-ID", f"c{number}")]

            def make(extra: list[tuple[str, str]]) -> Request:
                tail = (*head, ("CSeq", f"1 {method}"), *headers, *extra)
                return Request((("Via", paul.via()), *tail), content, method, camille.contact.strip("<>"))

            return (await paul.ask(make, 2, method)).status

        assert await send("OPTIONS", []) == 200
        assert await send("MESSAGE", [], b"hello") == 200
        assert await send("NOTIFY", [("Event", "message-summary")], body) == 200
        assert await send("PUBLISH", []) == 501
        assert await send("BYE", [("To", "x")]) == 501
        summary = await camille.lamp_shows(new=3, old=1)
        assert summary.waiting
        assert summary.voice == (3, 1, 1, 0)
        assert summary.fax == (2, 0, 0, 0)
        assert camille.messages[0].body == b"hello"
        with pytest.raises(AssertionError, match="lamp does not show 0/None"):
            await camille.lamp_shows(new=0, within=0.1)


async def test_an_unreadable_datagram_is_noted_and_survived() -> None:
    async with pair() as (camille, paul):
        assert paul._transport is not None
        paul._transport.send(b"garbage\r\n\r\n", camille.local)
        await camille.until(lambda: "unreadable message" in str(camille.trace), 1, "no note")
        paul.auto_answer()
        await (await camille.invite("4003")).answered()
