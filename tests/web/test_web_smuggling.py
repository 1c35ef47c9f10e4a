"""HTTP that means two things to two readers, or leads elsewhere (docs/security.md): smuggled bodies, odd chunks,
targets, hosts, paths and upgrades. Over the socket that is really served."""

from __future__ import annotations

import pytest

from tests.hostile_size import tried
from tests.web.test_web_floods import GET, Client, Heard, Open, door
from tests.web.world import World

pytestmark = pytest.mark.hostile

CHUNKED = b"Transfer-Encoding: chunked"
BODY = b"2\r\n{}\r\n0\r\n\r\n"


def post(*headers: bytes, body: bytes = BODY) -> bytes:
    head = (b"POST /api/v1/sessions HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def get(target: bytes, *headers: bytes, host: bytes = b"x") -> bytes:
    return b"\r\n".join((b"GET " + target + b" HTTP/1.1", b"Host: " + host, *headers)) + b"\r\n\r\n"


TWO_MEANINGS = {
    "an unknown coding": post(b"Transfer-Encoding: xchunked"),
    "a blank before the colon": post(b"Transfer-Encoding : chunked"),
    "a vertical tab before the coding": post(b"Transfer-Encoding:\x0bchunked"),
    "chunked, and then something else": post(b"Transfer-Encoding: chunked, identity"),
    "identity and a length": post(b"Transfer-Encoding: identity", b"Content-Length: 2", body=b"{}"),
    "chunked twice": post(CHUNKED, CHUNKED),
    "chunked and another one": post(CHUNKED, b"Transfer-Encoding: x"),
    "a length and chunks, in this order": post(b"Content-Length: 2", CHUNKED),
    "a folded coding": post(b"Transfer-Encoding:\r\n chunked"),
    "a length with a sign": post(b"Content-Length: +2", body=b"{}"),
    "a length with an underscore": post(b"Content-Length: 0_2", body=b"{}"),
    "a length in hexadecimal": post(b"Content-Length: 0x2", body=b"{}"),
    "a list of lengths": post(b"Content-Length: 2, 2", body=b"{}"),
    "no length in a length": post(b"Content-Length:", body=b"{}"),
    "a length in Arabic digits": post("Content-Length: \u0662".encode(), body=b"{}"),
    "a length of 5,000 digits": post(b"Content-Length: " + b"9" * 5000, body=b"{}"),
    "a chunk in hexadecimal of C": post(CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n"),
    "a chunk with a sign": post(CHUNKED, body=b"+2\r\n{}\r\n0\r\n\r\n"),
    "a chunk with an underscore": post(CHUNKED, body=b"0_2\r\n{}\r\n0\r\n\r\n"),
    "a chunk of a negative size": post(CHUNKED, body=b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk of more than all bytes": post(CHUNKED, body=b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n"),
    "chunks with line feeds alone": post(CHUNKED, body=b"2\n{}\n0\n\n"),
    "a line feed in a chunk's extension": post(CHUNKED, body=b"2;\n{}\r\n0\r\n\r\n"),
    "a chunk that goes on": post(CHUNKED, body=b"2\r\n{}XX0\r\n\r\n"),
    "lines that end with a line feed": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "lines that end with a return": b"GET /healthz HTTP/1.1\rHost: x\r\r",
    "a return in a value": get(b"/healthz", b"X: a\rY: b"),
    "a line feed in a value": get(b"/healthz", b"X: a\nContent-Length: 5"),
    "a control character in a name": get(b"/healthz", b"X\x01: 5"),
    "a name that is no ASCII": get(b"/healthz", b"\xc3\x89: 5"),
    "no name": get(b"/healthz", b": 5"),
    "two hosts": get(b"/login", b"Host: y"),
    "no host": b"GET /login HTTP/1.1\r\n\r\n",
    "a target without a host": get(b"http:///healthz"),
    "a target with a port that is none": get(b"http://evil.example:99999999/healthz"),
    "a target with half an IPv6": get(b"http://[::1/healthz"),
    "a file": get(b"file:///etc/passwd"),
    "a path without a slash": get(b"healthz"),
    "a target of four words": get(b"/healthz x"),
    "tabs between the words": b"GET\t/healthz\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a path with NUL": get(b"/\x00"),
    "a path that is no ASCII": get(b"/\xe9"),
}


@pytest.mark.parametrize("what", TWO_MEANINGS)
async def test_what_two_readers_would_read_in_two_ways_is_refused_and_ends_the_connection(
    world: World, what: str
) -> None:
    async with door(world) as opened:
        client = await opened()
        await client.send(TWO_MEANINGS[what] + GET)
        heard = await client.hears()
        assert heard is not None
        assert heard.status in (400, 431)
        assert heard.is_ours()
        assert await client.is_closed(), "what follows is no request of its own"
    tried("requests of two meanings")


PLAIN = {
    "a websocket": get(
        b"/healthz", b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 13"
    ),
    "HTTP/2 by an upgrade": get(b"/healthz", b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings"),
    "another host in the target": get(b"http://evil.example/healthz"),
    "somebody in the target": get(b"http://u:p@evil.example/healthz"),
    "an expectation": post(b"Expect: the-unexpected", b"Content-Length: 2", body=b"{}"),
    "two slashes and a host": get(b"//evil.example/login"),
    "encoded dots": get(b"/static/%2e%2e/%2e%2e/etc/passwd"),
    "encoded slashes": get(b"/static/..%2f..%2fetc%2fpasswd"),
    "dots with a semicolon": get(b"/static/..;/..;/etc/passwd"),
    "dots": get(b"/static/../../../../etc/passwd"),
    "an absolute path": get(b"/static//etc/passwd"),
    "backslashes": get(b"/static/..%5c..%5cetc"),
    "NUL in a name": get(b"/static/x%00.css"),
    "dots that are too long": get(b"/static/%c0%ae%c0%ae/x"),
    "half a character": get(b"/static/%ed%a0%80"),
    "a folder": get(b"/static/"),
    "a line in a path": get(b"/%0d%0aSet-Cookie:%20x=y"),
    "a line in a query": get(b"/messages?x=%0d%0aSet-Cookie:%20x=y"),
    "a host with a path": get(b"/", host=b"evil.example/x?y#z"),
    "a host with quotes": get(b"/", host=b'"><script>'),
    "a host that is half an IPv6": get(b"/", host=b"[::1"),
    "others' hosts in headers": get(b"/", b"X-Forwarded-Host: evil.example", b"Forwarded: host=evil.example"),
    "2,000 parameters": get(b"/login?" + b"a=b&" * 2000),
    "1,500 cookies": get(b"/login", b"Cookie: " + b"a=b; " * 1500),
    "broken cookies": get(b"/login", b'Cookie: a="\\"; $Version=1; =; ;;; callcontrol_session="\x80\xff'),
    "qualities that are no numbers": get(
        b"/login", b"Accept-Language: fr;q=nan, en;q=inf, de;q=-1, ;q=;;,\xff"
    ),
    "a token that is no text": get(b"/api/v1/me", b"Authorization: Bearer \xff\xfe"),
    "a charset that unpacks": post(
        b"Content-Type: application/json; charset=zlib_codec", b"Content-Length: 2", body=b"{}"
    ),
}


@pytest.mark.parametrize("what", PLAIN)
async def test_what_is_odd_and_clear_is_answered_like_any_other_and_leads_nowhere(
    world: World, what: str
) -> None:
    async with door(world) as opened:
        client = await opened()
        await client.send(PLAIN[what])
        heard = await answered(client)
        assert heard.status < 500
        assert heard.status != 101
        assert "set-cookie" not in heard.headers or b"x=y" not in heard.headers["set-cookie"].encode()
        assert "evil.example" not in "".join(heard.headers.values())
        assert b"root:" not in heard.body
        assert b"evil.example" not in heard.body
        assert heard.headers["server"] == "callcontrol"
        await still_served(opened)
    tried("odd requests")


async def answered(client: Client) -> Heard:
    heard = await client.hears()
    assert heard is not None
    return heard


async def still_served(opened: Open) -> None:
    client = await opened()
    await client.send(GET)
    assert (await answered(client)).status == 200
