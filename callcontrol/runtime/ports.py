"""The ports that a system listens on: which they are, and what is wrong with one that cannot be had now. Only looks;
holds nothing."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from callcontrol.config.load import Config
from callcontrol.runtime import port_owner
from callcontrol.runtime.child import ServiceFailed

UDP, TCP = socket.SOCK_DGRAM, socket.SOCK_STREAM
GRACE_SECONDS = 2.0
"""Those who have just died get a moment to let go of their ports."""


class PortsTaken(ServiceFailed):
    """Ports that a system needs cannot be had; the text has a line for each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that ``part`` of a system listens on, and the key of the configuration that names another one."""

    part: str
    what: str
    key: str
    host: str
    port: int
    kind: socket.SocketKind

    @property
    def shown(self) -> str:
        """How it is named to a person: ``SIP port 0.0.0.0:5060/udp``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.what} port {host}:{self.port}/{'udp' if self.kind == UDP else 'tcp'}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A port that nobody can listen on now: ``why`` in words, ``owner`` who has it, as far as it can be known."""

    wanted: Wanted
    why: str
    owner: port_owner.Owner | None = None

    @property
    def sentence(self) -> str:
        """For the person who wants it."""
        by = f" by {self.owner}" if self.owner is not None else ""
        return f"{self.wanted.shown}: {self.why}{by}. Free it, or set {self.wanted.key} to another one."


def wanted(config: Config) -> Iterator[Wanted]:
    """Every single port of the whole system; those of the sound are a range (``taken_for_sound``). The embedded
    database's is not among them: it is chosen anew when it is taken."""
    sip, ari = config.sip, urlsplit(config.asterisk.ari_url)
    yield Wanted("asterisk", "SIP", "sip.port", sip.bind, sip.port, UDP)
    yield Wanted("asterisk", "SIP", "sip.port", sip.bind, sip.port, TCP)
    yield Wanted("asterisk", "SIP over TLS", "sip.tls_port", sip.bind, sip.tls_port, TCP)
    yield Wanted("asterisk", "ARI", "asterisk.ari_url", ari.hostname or "127.0.0.1", ari.port or 8088, TCP)
    yield Wanted("web", "web", "web.port", config.web.bind, config.web.port, TCP)
    if config.smtp.catch_all:
        smtp = urlsplit(config.smtp.url)
        yield Wanted("mail", "mail", "smtp.url", smtp.hostname or "127.0.0.1", smtp.port or 25, TCP)


def look(one: Wanted) -> Taken | None:
    """Why nobody can listen there now; None when it is free."""
    try:
        found = socket.getaddrinfo(one.host, one.port, type=one.kind)[0]
        with socket.socket(found[0], one.kind) as probe:
            if one.kind == TCP:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return Taken(one, error.strerror or str(error))
        return Taken(one, "in use", port_owner.of(str(found[4][0]), one.port, one.kind))
    return None


def busy_for_sound(config: Config) -> list[port_owner.Socket]:
    """UDP sockets of others in the range of the sound's ports."""
    return port_owner.held(config.sip.bind, range(config.rtp.start, config.rtp.end + 1), UDP)


def sound_remark(config: Config) -> str | None:
    """What is to be said of ports for sound that others have: Asterisk goes round single ones."""
    if not (busy := busy_for_sound(config)):
        return None
    rtp, first = config.rtp, busy[0]
    return (
        f"{len(busy)} of the UDP ports {rtp.start}-{rtp.end} for sound (rtp.start, rtp.end) in use, the first is"
        f" {first.port} by {port_owner.owner(first)}: calls go round them"
    )


def taken(config: Config, parts: Collection[str]) -> list[Taken]:
    """Every port that ``parts`` need and cannot have now."""
    found = [one for each in wanted(config) if each.part in parts and (one := look(each)) is not None]
    if "asterisk" in parts:
        found += _too_few_for_sound(config)
    return found


def _too_few_for_sound(config: Config) -> list[Taken]:
    """So many ports for sound are in use that calls would lack them: half of the range."""
    rtp, busy = config.rtp, busy_for_sound(config)
    size = rtp.end + 1 - rtp.start
    if 2 * len(busy) < size:
        return []
    first = Wanted("asterisk", "sound", "rtp.start and rtp.end", config.sip.bind, busy[0].port, UDP)
    return [Taken(first, f"it and {len(busy) - 1} others of {size} are in use", port_owner.owner(busy[0]))]


async def until_free(config: Config, parts: Collection[str]) -> None:
    """Return when ``parts`` can listen on all their ports. Raises PortsTaken when they cannot for GRACE_SECONDS."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GRACE_SECONDS
    while found := taken(config, parts):
        if loop.time() > deadline:
            lines = "".join(f"\n  {one.sentence}" for one in found)
            count = "a port" if len(found) == 1 else f"{len(found)} ports"
            raise PortsTaken(f"{count} cannot be had:{lines}")
        await asyncio.sleep(0.05)
