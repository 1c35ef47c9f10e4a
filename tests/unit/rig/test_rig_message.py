"""SIP messages, addresses and session descriptions: read as they are on the wire, written back unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig import message, sdp
from rig.address import NameAddr, Uri
from rig.message import BadMessage, Request, Response
from rig.quoting import quote, split_outside, unquote

INVITE = (
    b"INVITE sip:4003@127.0.0.1:5060 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:4000;branch=z9hG4bK1;rport, SIP/2.0/UDP 10.0.0.1\r\n"
    b'f: "Zo\xc3\xa9, la \\"vraie\\"" <sip:0222@h>;tag=a\r\n'
    b"t: <sip:4003@h>\r\n"
    b"i: x@y\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Diversion: <sip:1@h>;reason=unconditional\r\n"
    b"Subject: one\r\n two\r\n"
    b"DIVERSION: <sip:2@h>;reason=no-answer\r\n"
    b"l: 4\r\n\r\nbodyXX"
)


def test_an_invite_keeps_its_raw_headers_in_order() -> None:
    invite = message.parse(INVITE)
    assert isinstance(invite, Request)
    assert (invite.method, invite.uri, invite.dialled) == ("INVITE", "sip:4003@127.0.0.1:5060", "4003")
    assert invite.headers("Diversion") == ["<sip:1@h>;reason=unconditional", "<sip:2@h>;reason=no-answer"]
    assert invite.header("subject") == "one two"
    assert invite.header("Call-ID") == "x@y"
    assert invite.cseq == (7, "INVITE")
    assert invite.body == b"body"
    assert [name for name, _ in invite.head][:3] == ["v", "f", "t"]


def test_compact_forms_and_comma_lists_are_understood() -> None:
    invite = message.parse(INVITE)
    assert len(invite.values("Via")) == 2
    assert (invite.via.transport, invite.via.sent_by, invite.via.branch) == (
        "UDP",
        "127.0.0.1:4000",
        "z9hG4bK1",
    )
    caller = invite.address("From")
    assert (caller.display, caller.user, caller.tag) == ('Zoé, la "vraie"', "0222", "a")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"INVITE sip:a@b SIP/2.0\r\nTo: a\r\n", id="no empty line"),
        pytest.param(b"INVITE sip:a@b\r\n\r\n", id="no version"),
        pytest.param(b"SIP/2.0 2xx OK\r\n\r\n", id="status is no number"),
        pytest.param(b"BYE sip:a@b SIP/2.0\r\nno colon\r\n\r\n", id="header without colon"),
        pytest.param(b"BYE sip:a@b SIP/2.0\r\nContent-Length: 9\r\n\r\nabc", id="body cut short"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        message.parse(data)


_name = st.text("abcdefghijklmnopqrstuvwxyzABCDEF-", min_size=2, max_size=20).filter(
    lambda name: message.canonical(name) != "content-length"
)
_value = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40).map(
    str.strip
)


@given(
    head=st.lists(st.tuples(_name, _value), max_size=8),
    body=st.binary(max_size=60),
    status=st.integers(100, 699),
)
def test_what_is_written_is_read_back(head: list[tuple[str, str]], body: bytes, status: int) -> None:
    for original in (
        Request(tuple(head), body, "INFO", "sip:a@b"),
        Response(tuple(head), body, status, "Some reason"),
    ):
        again = message.parse(message.encode(original))
        assert again.start_line == original.start_line
        assert again.body == body
        assert again.head == (*original.head, ("Content-Length", str(len(body))))
        assert message.parse(message.encode(again)) == again


@given(parts=st.lists(st.binary(max_size=30), min_size=1, max_size=4), cut=st.integers(0, 400))
def test_a_stream_is_cut_into_its_messages(parts: list[bytes], cut: int) -> None:
    messages = [message.encode(Request((("X", "y"),), body, "INFO", "sip:a@b")) for body in parts]
    stream, found, buffer = b"\r\n\r\n".join(messages), [], b""
    for chunk in (stream[:cut], stream[cut:]):
        buffer += chunk
        while (taken := message.split_stream(buffer)) is not None:
            first, buffer = taken
            found.append(first)
    assert found == messages


@pytest.mark.parametrize(
    ("text", "user", "host", "port"),
    [
        ("sip:4003@127.0.0.1:5060;transport=tcp", "4003", "127.0.0.1", 5060),
        ("sip:127.0.0.1", None, "127.0.0.1", None),
        ("sip:*318@h", "*318", "h", None),
        ("tel:+33612345678;phone-context=x", "+33612345678", "", None),
        ("sip:a@b:1?Replaces=c%3Bto-tag%3Dd", "a", "b", 1),
    ],
)
def test_uris(text: str, user: str | None, host: str, port: int | None) -> None:
    uri = Uri.parse(text)
    assert (uri.user, uri.host, uri.port, str(uri)) == (user, host, port, text)


@pytest.mark.parametrize(
    ("text", "display", "uri", "params"),
    [
        ("<sip:a@b;lr>;tag=x", None, "sip:a@b;lr", (("tag", "x"),)),
        ('"A, B <c>" <sip:a@b>', "A, B <c>", "sip:a@b", ()),
        ("Anonymous <sip:anonymous@anonymous.invalid>", "Anonymous", "sip:anonymous@anonymous.invalid", ()),
        ("sip:a@b;tag=x", None, "sip:a@b", (("tag", "x"),)),
    ],
)
def test_addresses(text: str, display: str | None, uri: str, params: tuple[tuple[str, str], ...]) -> None:
    address = NameAddr.parse(text)
    assert (address.display, str(address.uri), address.params) == (display, uri, params)
    assert NameAddr.parse(str(address)) == address


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30))
def test_quoting_round_trip(text: str) -> None:
    assert unquote(quote(text)) == text
    assert split_outside(f"{quote(text)},{quote(text)}", ",") == [quote(text)] * 2


def test_sdp_round_trip() -> None:
    ours = sdp.Sdp("127.0.0.1", 4000, ("PCMA", "PCMU"), "sendonly")
    assert sdp.parse(sdp.build(ours, 1, 2)) == ours


def test_sdp_reads_the_audio_stream_among_others() -> None:
    body = (
        b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\na=inactive\r\n"
        b"m=video 9 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        b"m=audio 7000 RTP/AVP 9 8 110\r\nc=IN IP4 127.0.0.1\r\n"
        b"a=rtpmap:110 telephone-event/8000\r\na=sendrecv\r\n"
    )
    assert sdp.parse(body) == sdp.Sdp("127.0.0.1", 7000, ("PCMA",), "sendrecv", 110)


def test_sdp_without_usable_audio_is_refused() -> None:
    with pytest.raises(sdp.BadSdp):
        sdp.parse(b"v=0\r\nm=image 9 udptl t38\r\n")
    with pytest.raises(sdp.BadSdp):
        sdp.answer_codecs(sdp.Sdp("h", 1, ("PCMU",)), ("PCMA",))
