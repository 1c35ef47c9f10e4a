"""Where a registered phone may be called: at the address that it registered from (docs/security.md). Pure.

One place for it: what a REGISTER may not say (pjsip.conf), what the app never dials nor shows, and what the native
fallback never dials (extensions.conf) are written from here. NAT's rewriting (``rewrite_contact``) gives the first
Contact of a REGISTER the host that it came from, and leaves ``maddr``, headers, and every further Contact as they are.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.config.load import Config, TrunkConfig

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str], Iterable[str]]
"""The addresses of a host name; none when it has none now."""

_BEHIND_ROUTERS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
)
"""RFC 1918, 6598, 3927, 4193."""
_CONTACT = re.compile(
    r"sips?:(?:[^@]*@)?(?P<host>\[[0-9a-f:.]+\]|[0-9.]+)(?::(?P<port>[0-9]{1,5}))?(?P<rest>;.*)?", re.I
)


@dataclass(frozen=True, slots=True)
class TrunkPlace:
    """Where calls are billed: a network, on every port (None) or on one, where phones share the network (loopback)."""

    network: Network
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the trunks are, and the networks that phones are in; none: they may be anywhere."""

    trunks: tuple[TrunkPlace, ...] = ()
    phones: tuple[Network, ...] = ()


NOWHERE = Places()


def known_places(config: Config, resolve: Resolve) -> Places:
    """By the configuration, names resolved now."""
    phones = tuple(ipaddress.ip_network(network) for network in config.sip.phone_networks)
    return Places(trunk_places(config.trunks, resolve), phones)


def trunk_places(trunks: Sequence[TrunkConfig], resolve: Resolve) -> tuple[TrunkPlace, ...]:
    """The places of all trunks: what each calls from and is called at, names resolved."""
    found: dict[TrunkPlace, None] = {}
    for trunk in trunks:
        for host in (trunk.host, *trunk.match):
            for address in addresses_of(host, resolve):
                network = ipaddress.ip_network(address, strict=False)
                if not network.is_loopback:
                    found[TrunkPlace(network)] = None
                elif host == trunk.host:
                    found[TrunkPlace(network, trunk.port)] = None
    return tuple(found)


def is_own_place(contact: str, places: Places) -> bool:
    """Whether a call to this registered URI goes to the phone that registered it, as far as the URI tells.

    A rewritten contact has a literal address, no ``maddr`` (RFC 3261 §19.1.1: it would outweigh the address), no
    headers for our requests, and never the address of a trunk, which would bill the call.
    """
    found = _CONTACT.fullmatch(contact)
    if found is None or "?" in (found["rest"] or "") or _names_maddr(found["rest"] or ""):
        return False
    try:
        host = ipaddress.ip_address(found["host"].strip("[]"))
    except ValueError:
        return False
    host = getattr(host, "ipv4_mapped", None) or host
    port = int(found["port"] or 5060)
    if any(host in place.network and place.port in (None, port) for place in places.trunks):
        return False
    return not places.phones or any(host in network for network in places.phones)


def is_trunks(address: str, places: Places) -> bool:
    """Whether calls of a trunk come from this address or network."""
    network = ipaddress.ip_network(address, strict=False)
    return any(
        network.version == place.network.version and network.overlaps(place.network)
        for place in places.trunks
    )


def _names_maddr(parameters: str) -> bool:
    names = [part.partition("=")[0] for part in parameters.split(";")]
    return any(unquote(name).strip().lower() == "maddr" for name in names)


def refused_contact(trunks: Sequence[TrunkConfig]) -> str:
    """The extended regular expression of Contact headers that Asterisk refuses in any request of a phone, as a value
    of pjsip.conf. It sees each header as pjsip prints it: the URI between angle brackets, names of parameters in
    small letters and unescaped."""
    places = "".join(f"|[@:]{place}[;>]" for place in _trunk_patterns(trunks))
    return f"<[^>]*([?]|;maddr{places})".replace(";", "\\;")


def line_access(places: Places) -> str:
    """The access lists of every line: from where it may come, and which addresses its Contact may have.

    They see what names resolve to, and whole networks, but a Contact before it is rewritten: with the address that a
    phone behind a router has there, too. The last that fits counts.
    """
    rules: list[str] = []
    if places.phones:
        rules += [
            f"{kind} = {network}" for kind in ("deny", "contact_deny") for network in ("0.0.0.0/0", "::/0")
        ]
        rules += [f"permit = {network}" for network in places.phones]
        rules += [f"contact_permit = {network}" for network in (*places.phones, *_BEHIND_ROUTERS)]
    rules += [f"contact_deny = {place.network}" for place in places.trunks if place.port is None]
    return "\n".join(rules)


def fallback_refuses(places: Places) -> str:
    """The regular expression, for the dialplan, of contacts (in small letters) that the fallback does not dial."""
    found = [r"\;[^\;=]*(maddr|%)"]
    for place in places.trunks:
        if place.network.num_addresses == 1:
            port = "([^0-9].*)?$" if place.port is None else f":{place.port}([^0-9].*)?$"
            found.append(f"[@:]{_dots(str(place.network.network_address))}{port}")
    return "|".join(found)


def addresses_of(host: str, resolve: Resolve) -> Iterable[str]:
    """The addresses and networks that a configured host means."""
    try:
        return (str(ipaddress.ip_network(host, strict=False)),)
    except ValueError:
        return ("127.0.0.1",) if is_loopback(host) else resolve(host)


def _trunk_patterns(trunks: Sequence[TrunkConfig]) -> Iterable[str]:
    """Not of a trunk whose address phones share: its own calls would be refused, too.

    Networks and IPv6 have many spellings: ``contact_deny`` sees them.
    """
    for trunk in trunks:
        for host in dict.fromkeys((trunk.host, *trunk.match)):
            if not ("/" in host or ":" in host or is_loopback(host)):
                yield f"{_any_case(host)}(:[0-9]+)?"


def _any_case(host: str) -> str:
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else _dots(c) for c in host)


def _dots(text: str) -> str:
    return text.replace(".", "[.]")
