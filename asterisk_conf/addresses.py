"""What depends on the addresses behind the trunks' names: trunks.conf, and where Asterisk looks the names up. Pure.

Files of their own, since a name may have no address when Asterisk starts, or another one later: they are written anew,
and Asterisk reads them again, whenever that changes (lifecycle/trunk_names.py).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from callcontrol.asterisk_conf.contacts import Places, Resolve, addresses_of, line_access
from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.config.load import TrunkConfig

HEAD = (
    "; Why: where the trunks' calls come from, and where no phone may be. Written anew whenever their names lead\n"
    "; elsewhere; changes made here are lost."
)

TRUNKS, HOSTS, RESOLVER = "trunks.conf", "trunk_hosts", "resolver_unbound.conf"
_RESOLVER_HEAD = (
    "; Why: the names of trunks stand in a file, whatever a name server does, and others are asked for side by side:\n"
    "; one that nobody answers for would hold every call to a trunk up. Asterisk reads that file where this one is new."
)
_NAME = "; name "


def remembered(text: str) -> dict[str, tuple[str, ...]]:
    """The addresses of names that a trunks.conf was written with: better than none while nobody can tell them."""
    rows = (line.removeprefix(_NAME).partition(":") for line in text.splitlines() if line.startswith(_NAME))
    return {name: tuple(found.split()) for name, _, found in rows}


def names_in(trunks: Iterable[TrunkConfig]) -> tuple[str, ...]:
    """The host names of the trunks, each once: what must be asked for an address."""
    hosts = (host for trunk in trunks for host in (*trunk.called_at, *trunk.match))
    return tuple(dict.fromkeys(host for host in hosts if _is_name(host)))


def render_files(
    trunks: Sequence[TrunkConfig], places: Places, resolve: Resolve, folder: Path
) -> Mapping[str, str]:
    """All of them by their names in ``folder``; the one that says that the others are new is the last."""
    hosts = "".join(f"{address} {name}\n" for name in names_in(trunks) for address in sorted(resolve(name)))
    now = "".join(f"; {line}\n" for line in hosts.splitlines())
    return {
        TRUNKS: render_addresses(trunks, places, resolve),
        HOSTS: hosts,
        RESOLVER: f"{_RESOLVER_HEAD}\n{now}[general]\nhosts = {folder / HOSTS}\nresolv = system\n",
    }


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_network(host, strict=False)
    except ValueError:
        return not is_loopback(host)
    return False


def render_addresses(trunks: Sequence[TrunkConfig], places: Places, resolve: Resolve) -> str:
    """The access lists of the lines, and whose calls each trunk's are. A trunk without any address is left out: it
    would be dropped for good, with all its addresses."""
    known = {name: sorted(resolve(name)) for name in names_in(trunks)}
    parts = [HEAD, *(f"{_NAME}{name}: {' '.join(found)}" for name, found in known.items() if found)]
    parts += ["[line-access](!)", line_access(places)]
    for trunk in trunks:
        matches = [address for host in trunk.match for address in addresses_of(host, resolve)]
        if matches:
            parts += [
                f"[{trunk.name}-identify]",
                "type = identify",
                f"endpoint = {trunk.name}",
                *(f"match = {address}" for address in dict.fromkeys(matches)),
                "srv_lookups = no",
            ]
    return "\n".join(parts) + "\n"
