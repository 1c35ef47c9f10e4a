"""What a phone does with a server: digest registration, subscriptions, TCP; here the server is a scripted trunk."""

from __future__ import annotations

import asyncio

import pytest

from rig import Phone, Timers, Trunk, baresip, both_hear, digest, message
from rig.dialog import Dialog, response_to
from rig.message import Request, Response
from rig.transaction import ServerTransaction
from rig.transport import Address

QUICK = Timers(t1=0.05, t2=0.4, t4=0.5)
CHALLENGE = 'Digest realm="test", nonce="n1", qop="auth"'


class Server(Trunk):
    """Accepts REGISTER and SUBSCRIBE with the right digest, and notifies once."""

    def __init__(self, password: str = "secret") -> None:
        super().__init__(name="server", timers=QUICK)
        self.expected = password
        self.registered: list[Request] = []
        self.notified = b"Messages-Waiting: yes\r\nVoice-Message: 2/0\r\n"

    def dispatch(self, request: Request, transaction: ServerTransaction | None, source: Address) -> None:
        if request.method == "SUBSCRIBE" and transaction is not None:  # also those inside its dialog
            self._on_new_request(request, transaction, source)
        else:
            super().dispatch(request, transaction, source)

    def _on_new_request(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        if request.method not in ("REGISTER", "SUBSCRIBE"):
            super()._on_new_request(request, transaction, source)
        elif not self._is_right(request):
            self.reply(transaction, 401, headers=[("WWW-Authenticate", CHALLENGE)])
        elif request.method == "REGISTER":
            self.registered.append(request)
            self.reply(transaction, 200)
        else:
            self.spawn(self._subscribed(request, transaction, source))

    def _is_right(self, request: Request) -> bool:
        given = request.header("Authorization")
        if given is None:
            return False
        cnonce = given.partition('cnonce="')[2].partition('"')[0]
        challenge = digest.Challenge.parse(CHALLENGE)
        return given == digest.authorization(
            challenge, request.method, request.uri, "camille", self.expected, cnonce=cnonce
        )

    async def _subscribed(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        dialog = Dialog.incoming(request, source)
        dialog.local = dialog.local.with_tag(request.address("To").tag or dialog.local.tag)
        self.reply(transaction, 200, tag=dialog.local.tag)
        ends = request.header("Expires") == "0"
        state = "terminated" if ends else "active"
        headers = [("Event", request.required("Event")), ("Subscription-State", state)]

        def make(extra: list[tuple[str, str]]) -> Request:
            all_headers = [*headers, *extra]
            return dialog.request(
                "NOTIFY", via=self.via(), contact=self.contact, headers=all_headers, body=self.notified
            )

        assert (await self.ask(make, 2, "NOTIFY")).status == 200


async def test_register_answers_the_challenge_and_unregister_takes_it_back() -> None:
    async with Server() as server, Phone("camille", "secret", server.local, timers=QUICK) as camille:
        await camille.register(expires=60)
        await camille.unregister()
        assert [request.header("Expires") for request in server.registered] == ["60", "0"]
        assert server.registered[0].address("Contact").uri.address == camille.local
        assert [request.cseq[0] for request in server.registered] == [2, 4]


async def test_leaving_unregisters() -> None:
    async with Server() as server:
        async with Phone("camille", "secret", server.local, timers=QUICK) as camille:
            await camille.register()
        assert server.registered[-1].header("Expires") == "0"


async def test_a_wrong_password_is_refused_once_and_not_tried_for_ever() -> None:
    async with Server("other") as server, Phone("camille", "secret", server.local, timers=QUICK) as camille:
        assert (await camille.try_register()).status == 401
        assert len(camille.trace.messages("out")) == 2
        with pytest.raises(AssertionError, match="REGISTER answered with 401"):
            await camille.register()


async def test_message_summary_subscription() -> None:
    async with Server() as server, Phone("camille", "secret", server.local, timers=QUICK) as camille:
        lamp = await camille.subscribe("message-summary")
        await lamp.notified(lambda notify: b"2/0" in notify.body)
        assert (await camille.lamp_shows(new=2)).old == 0
        assert [summary.new for summary in lamp.summaries] == [2]
        await lamp.unsubscribe()
        assert not lamp.is_active


async def test_dialog_subscription_shows_the_liveliest_state() -> None:
    async with Server() as server, Phone("camille", "secret", server.local, timers=QUICK) as camille:
        server.notified = (
            b'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full">'
            b'<dialog id="a"><state>terminated</state></dialog><dialog id="b"><state>early</state></dialog>'
            b"</dialog-info>"
        )
        lamp = await camille.subscribe("dialog", "4003")
        await lamp.lamp_shows("early")
        with pytest.raises(AssertionError, match="lamp not confirmed"):
            await lamp.lamp_shows("confirmed", within=0.1)


async def test_requests_over_tcp() -> None:
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = b""
        while data := await reader.read(4096):
            buffer += data
            while (taken := message.split_stream(buffer)) is not None:
                first, buffer = taken
                request = message.parse(first)
                if isinstance(request, Response):
                    seen.append(request.start_line)
                    continue
                seen.append(request.start_line)
                answer = message.encode(response_to(request, 200, tag="t"))
                options = request.head[:1] + tuple(
                    (name, value.replace("REGISTER", "OPTIONS")) for name, value in request.head[1:6]
                )
                ping = message.encode(Request(options, b"", "OPTIONS", "sip:camille@127.0.0.1"))
                writer.write(answer[:20])  # in two pieces, and the second with another message behind it
                await writer.drain()
                writer.write(answer[20:] + ping)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        host, port = listener.sockets[0].getsockname()
        async with Phone("camille", None, (host, port), transport="tcp") as camille:
            await camille.register()
            await camille.until(lambda: len(camille.trace.messages("out")) > 1, 2, "no answer to OPTIONS")
            camille.is_registered = False
            assert "transport=tcp" in camille.contact
            assert [line for line in seen if line.startswith("REGISTER")]


@pytest.mark.skipif(baresip.missing() is not None, reason=str(baresip.missing()))
async def test_a_real_softphone_talks_with_the_rig() -> None:
    async with Trunk(name="server") as server, baresip.Baresip("4003", "x", server.local) as real:
        await real.dial("4009")
        leg = await (await server.incoming(to="4009")).answer()
        await real.established()
        await leg.hears(real.tone)
        since = leg.media.mouth.packets
        await leg.media.ear.bell.until(lambda: leg.media.mouth.packets > since + 40, 3)
        await real.hang_up()
        await leg.ended()
        assert real.heard_tone(leg.tone)


async def test_two_phones_of_one_user_and_one_trunk_for_all_numbers() -> None:
    async with (
        Trunk(timers=QUICK) as trunk,
        Phone("camille", None, trunk.local, timers=QUICK) as desk,
        Phone("camille", None, trunk.local, timers=QUICK) as mobile,
    ):
        first, second = await desk.invite("0612"), await mobile.invite("0613")
        to_second, to_first = await trunk.incoming(to="0613"), await trunk.incoming(to="0612")
        await asyncio.gather(to_first.answer(), to_second.answer())
        await asyncio.gather(both_hear(first, to_first), both_hear(second, to_second))
        back = await trunk.invite(f"sip:camille@127.0.0.1:{desk.local[1]}", caller="+33612345678")
        ring = await desk.incoming()
        assert ring.caller.user == "+33612345678"
        await ring.reject(480)
        assert (await back.refused()).status == 480
