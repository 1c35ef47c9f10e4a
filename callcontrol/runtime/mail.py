"""The catch-all mail server of ``callcontrol run`` and the tests: every mail becomes a file, none goes
anywhere.

Never used where ``smtp.url`` is configured. Never refuses a mail, whoever it is for.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from callcontrol.config.load import Config
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.layout import Layout

_LARGEST = 50_000_000
"""Bytes of one mail: a long message or fax as an attachment fits."""


class MailServer:
    """Listens where ``smtp.url`` says; runs in the supervisor's own event loop."""

    name = "mail"

    def __init__(self, config: Config) -> None:
        self._address = urlsplit(config.smtp.url)
        self._box = Layout(config.runtime_dir).mail
        self._server: asyncio.Server | None = None
        self._order = itertools.count()

    async def start(self) -> None:
        """Raises ServiceFailed when the port is taken."""
        self._box.mkdir(parents=True, exist_ok=True)
        host, port = self._address.hostname or "127.0.0.1", self._address.port or 25
        try:
            self._server = await asyncio.get_running_loop().create_server(self._protocol, host, port)
        except OSError as error:
            raise ServiceFailed(f"the mail server cannot listen on {host}:{port}: {error.strerror}") from None

    async def stop(self) -> None:
        """Stop listening; connections that are open end with the loop."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Store one mail (RFC 5321 §4.1.1.4), with the envelope as two header lines at its top."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        head = f"X-Envelope-From: {envelope.mail_from or ''}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        name = f"{time.time_ns():020d}-{next(self._order):06d}.eml"
        await asyncio.to_thread(_store, self._box / name, head.encode("utf-8") + raw)
        return "250 2.0.0 stored"

    def _protocol(self) -> SMTP:
        return SMTP(self, data_size_limit=_LARGEST, enable_SMTPUTF8=True, hostname="callcontrol")


def _store(path: Path, raw: bytes) -> None:
    draft = path.with_suffix(".part")
    draft.write_bytes(raw)
    draft.replace(path)
