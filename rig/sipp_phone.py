"""sipp as a phone that is not ours: one call of a line, and what it presses in it. Needs the program ``sipp``.

It sends no sound: who is transferred by it talks with somebody else.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from .phone import Server, server_address

_HEAD = """\
{method} {uri} SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:{user}@[remote_ip]>;tag={tag}
To: <sip:{number}@[remote_ip]:[remote_port]>{peer}
Call-ID: [call_id]
CSeq: {cseq} {method}
Contact: <sip:{user}@[local_ip]:[local_port]>
Max-Forwards: 70
{more}"""
_SOUND = """\
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""
_OK = """\
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

"""
_TALKS = """\
<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a phone calls">
{invite}
<recv response="100" optional="true"/>
<recv response="401" auth="true"/>
{refused}
{again}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"><action>
<ereg regexp="tag=([^;]*)" search_in="hdr" header="To:" assign_to="whole,peer"/>
<log message="[$whole] [$peer]"/></action></recv>
{taken}
{then}
<label id="3"/>
<recv request="NOTIFY" optional="true" next="4"><action>
<ereg regexp="SIP/2.0 [123]00" search_in="body" check_it="true" assign_to="told"/>
<log message="told [$told]"/></action></recv>
<recv request="BYE" next="5"/>
<label id="4"/>
{ok_and_on}
<label id="5"/>
{ok}
</scenario>
"""
_REFERS = """\
<pause milliseconds="300"/>
{refer}
<recv response="401" auth="true" optional="true" next="1"/>
<recv response="202" next="2"/>
<label id="1"/>
{again}
<recv response="202"/>
<label id="2"/>
"""


class SippPhone:
    """One call of ``user`` to ``number``. ``async with`` starts it and, at the end, stops it; ``dialog`` names it."""

    def __init__(
        self,
        folder: Path,
        user: str,
        password: str,
        server: Server,
        number: str,
        *,
        refer_to: str | None = None,
    ) -> None:
        self.user, self.number = user, number
        self._folder, self._password, self._refer_to = folder, password, refer_to
        self._server = server_address(server)
        self._tag = f"sipp{'b' if refer_to is None else 'a'}"
        self._process: asyncio.subprocess.Process | None = None
        folder.mkdir()

    async def __aenter__(self) -> SippPhone:
        (self._folder / "call.xml").write_text(self._scenario())
        host, port = self._server
        self._process = await asyncio.create_subprocess_exec(
            "sipp", f"{host}:{port}", "-sf", "call.xml", "-m", "1", "-nostdin", "-timeout", "60s", "-i", "127.0.0.1",
            "-cid_str", f"{self._tag}-%u-{id(self)}", "-trace_logs", "-log_file", "log", "-trace_err",
            "-error_file", "errors", "-skip_rlimit",
            cwd=self._folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def over(self, within: float = 20.0) -> None:
        """Until its scenario is over; fails unless all of it happened."""
        assert self._process is not None
        async with asyncio.timeout(within):
            code = await self._process.wait()
        errors = self._folder / "errors"
        assert code == 0, errors.read_text() if errors.exists() else code

    async def dialog(self, within: float = 10.0) -> str:
        """A Replaces value of the established call, as its other side sees it (RFC 3891)."""
        log = self._folder / "log"
        async with asyncio.timeout(within):
            while not (log.exists() and "tag=" in log.read_text()):  # noqa: ASYNC110 - sipp writes it
                await asyncio.sleep(0.05)
        peer = log.read_text().split("tag=")[1].split()[0]
        assert self._process is not None
        return f"{self._tag}-1-{id(self)}%3Bto-tag%3D{peer}%3Bfrom-tag%3D{self._tag}"

    def _scenario(self) -> str:
        own = f"[authentication username={self.user} password={self._password}]\n"
        return _TALKS.format(
            invite=self._send("INVITE", 1, _SOUND),
            refused=self._send("ACK", 1, "Content-Length: 0\n\n", peer="[peer_tag_param]"),
            again=self._send("INVITE", 2, own + _SOUND),
            taken=self._send("ACK", 2, "Content-Length: 0\n\n", peer="[peer_tag_param]", retrans=False),
            then="" if self._refer_to is None else self._refers(own, self._refer_to),
            ok=_send(_OK),
            ok_and_on=_send(_OK).replace("<send", '<send next="3"'),
        )

    def _refers(self, own: str, refer_to: str) -> str:
        more = f"Refer-To: {refer_to}\nReferred-By: <sip:{self.user}@[remote_ip]>\n"
        end = "Content-Length: 0\n\n"
        return _REFERS.format(
            refer=self._send("REFER", 3, more + end, peer="[peer_tag_param]"),
            again=self._send("REFER", 4, more + own + end, peer="[peer_tag_param]"),
        )

    def _send(self, method: str, cseq: int, more: str, *, peer: str = "", retrans: bool = True) -> str:
        uri = f"sip:{self.number}@[remote_ip]:[remote_port]"
        text = _HEAD.format(
            method=method,
            uri=uri,
            user=self.user,
            tag=self._tag,
            number=self.number,
            peer=peer,
            cseq=cseq,
            more=more,
        )
        return _send(text, retrans=retrans and method != "ACK")


def _send(text: str, *, retrans: bool = False) -> str:
    times = ' retrans="500"' if retrans else ""
    return f"<send{times}><![CDATA[\n\n{text}\n]]></send>"


def missing() -> str | None:
    """Why sipp cannot be used here; None if it can."""
    return None if shutil.which("sipp") else "sipp is not installed (package sip-tester)"
