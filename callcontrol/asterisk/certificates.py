"""Trunks over TLS: who may sign their certificates, and why one is not accepted.

Asterisk tells a failed handshake nowhere but in its log, and there only in part; so the trunk is asked once more, by
the same rules (RFC 5922 §7.2, RFC 2818 §3.1: its host must be a subjectAltName).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from callcontrol.config.load import ConfigError, TrunkConfig
from callcontrol.config.trunks import Transport

MACHINE = Path("/etc/ssl/certs/ca-certificates.crt")
"""Of Debian's ca-certificates, in Asterisk's root filesystem as on the host."""
WITHIN_SECONDS = 3.0
_STRICTER = ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
"""What Python asks for since 3.13, and Asterisk does not: an operator's own authority often lacks an extension."""
_EXPIRED, _TOO_EARLY, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
_UNSIGNED = (18, 19, 20, 21, 24)
"""X509_V_ERR_… of OpenSSL: self-signed, or signed by nobody whom we know, or by who may not sign."""


def verified(trunks: Iterable[TrunkConfig]) -> list[TrunkConfig]:
    """Those over TLS whose certificate must be right."""
    return [trunk for trunk in trunks if trunk.transport is Transport.TLS and trunk.tls_verify]


def authorities(trunks: Iterable[TrunkConfig]) -> str | None:
    """Who may sign the certificates of the trunks, as PEM: Asterisk has one list for all of them. None: this machine's
    own list, or no certificate is looked at. Raises ConfigError. Blocks."""
    over_tls = verified(trunks)
    if not any(trunk.tls_ca for trunk in over_tls):
        return None
    files = dict.fromkeys((trunk.tls_ca or MACHINE, trunk.name) for trunk in over_tls)
    return "\n".join(_read(file, trunk) for file, trunk in files)


def _read(file: Path, trunk: str) -> str:
    try:
        text = file.read_text("utf-8")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except OSError as error:  # ssl.SSLError is one
        why = (
            "has no certificate in PEM"
            if isinstance(error, ssl.SSLError)
            else f"cannot be read: {error.strerror}"
        )
    except UnicodeDecodeError:
        why = "has no certificate in PEM"
    else:
        return text
    raise ConfigError(f"trunk {trunk}: tls_ca {file} {why}.")


async def trouble(trunk: TrunkConfig, trunks: Iterable[TrunkConfig]) -> str | None:
    """Why the certificate of a trunk over TLS is not accepted, in words; None: it is, or is not looked at. ``trunks``:
    all of them. Raises OSError (no connection) and ConfigError."""
    if not verified([trunk]):
        return None
    host, port = _place(trunk)
    context = await asyncio.to_thread(_context, tuple(trunks))
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return _words(error, host)
    except ssl.SSLError as error:
        raise OSError(f"no TLS is spoken there ({error.reason or error})") from error
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return None


def _context(trunks: tuple[TrunkConfig, ...]) -> ssl.SSLContext:
    text = authorities(trunks)
    context = ssl.create_default_context(cafile=None if text else str(MACHINE), cadata=text)
    context.verify_flags &= ~_STRICTER
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _place(trunk: TrunkConfig) -> tuple[str, int]:
    """Whom a connection is made to: the proxy, where there is one."""
    proxy = trunk.outbound_proxy
    if proxy is None:
        return trunk.host, trunk.port
    host, _, port = proxy.partition(":") if proxy.count(":") == 1 else (proxy, "", "")
    return host, int(port or 5061)


def _words(error: ssl.SSLCertVerificationError, host: str) -> str:
    match error.verify_code:
        case code if code == _EXPIRED:
            return "it has expired"
        case code if code == _TOO_EARLY:
            return "it is not valid yet"
        case code if code in (_OTHER_NAME, _OTHER_ADDRESS):
            return f"it is not {host}'s"
        case code if code in _UNSIGNED:
            return "nobody who is trusted has signed it (tls_ca)"
        case _:
            return error.verify_message
