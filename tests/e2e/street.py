"""Two real NATs on this machine: an office, whose router forwards SIP and sound to us, and a home, whose router
forwards nothing; an operator on the street between them. Network namespaces and nftables; root alone may make them.

    operator 203.0.113.10 ──┬── 203.0.113.5  office router 10.77.7.1 ── 10.77.7.2 (we; this machine's own namespace)
                            └── 203.0.113.20 home router 192.168.50.1 ── 192.168.50.2 (a phone)
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

OPERATOR, OFFICE, HOME = "203.0.113.10", "203.0.113.5", "203.0.113.20"
US, PHONE = "10.77.7.2", "192.168.50.2"
FORGETS_SECONDS = 8
"""A router forgets a way through it that nobody used for so long."""


def missing() -> str | None:
    """Why it cannot be made here; None: it can."""
    if os.geteuid() != 0:
        return "only root can make network namespaces"
    if gone := [tool for tool in ("ip", "nft") if shutil.which(tool) is None]:
        return f"{gone[0]} is not installed"
    return None


@dataclass(frozen=True, slots=True)
class Street:
    """The names of the namespaces with the operator and the phone at home."""

    operator: str
    home: str


@contextmanager
def street(sip: int, rtp: range) -> Iterator[Street]:
    """The street; ``sip`` and ``rtp`` are the UDP ports that the office's router forwards to us."""
    tail = f"{os.getpid() % 100_000}"
    names = [f"cc-{what}-{tail}" for what in ("street", "office", "home", "phone")]
    outside, office, home, phone = names
    try:
        for name in names:
            _do(f"ip netns add {name}")
            _do(f"ip -n {name} link set lo up")
        _do(f"ip -n {outside} link add street type bridge")
        _do(f"ip -n {outside} addr add {OPERATOR}/24 dev street")
        _do(f"ip -n {outside} link set street up")
        _on_the_street(outside, office, OFFICE)
        _on_the_street(outside, home, HOME)
        _do(f"ip link add ccw{tail} type veth peer name inner netns {office}")
        _do(f"ip addr add {US}/24 dev ccw{tail}")
        _do(f"ip link set ccw{tail} up")
        _do(f"ip -n {office} addr add 10.77.7.1/24 dev inner")
        _do(f"ip -n {office} link set inner up")
        _do("ip route add 203.0.113.0/24 via 10.77.7.1")
        _do(f"ip -n {phone} link add wire type veth peer name inner netns {home}")
        _do(f"ip -n {phone} addr add {PHONE}/24 dev wire")
        _do(f"ip -n {phone} link set wire up")
        _do(f"ip -n {home} addr add 192.168.50.1/24 dev inner")
        _do(f"ip -n {home} link set inner up")
        _do(f"ip -n {phone} route add default via 192.168.50.1")
        _translates(office, f"udp dport {{ {sip}, {rtp.start}-{rtp.stop - 1} }} dnat to {US}")
        _translates(home, None)
        yield Street(outside, phone)
    finally:
        for command in (f"ip link del ccw{tail}", *(f"ip netns del {name}" for name in names)):
            subprocess.run(command.split(), check=False, capture_output=True)


def _on_the_street(outside: str, router: str, address: str) -> None:
    wire = f"w{address.rpartition('.')[2]}"
    _do(f"ip -n {outside} link add {wire} type veth peer name outer netns {router}")
    _do(f"ip -n {outside} link set {wire} master street up")
    _do(f"ip -n {router} addr add {address}/24 dev outer")
    _do(f"ip -n {router} link set outer up")


def _translates(router: str, forwarded: str | None) -> None:
    """A router with network address translation, which forwards what its rule says, and forgets soon."""
    rules = ["table ip nat {", "chain out { type nat hook postrouting priority 100; oif outer masquerade; }"]
    if forwarded:
        rules.append(f"chain in {{ type nat hook prerouting priority -100; iif outer {forwarded}; }}")
    _do(f"ip netns exec {router} nft -f -", "\n".join([*rules, "}"]))
    forgets = "/proc/sys/net/netfilter/nf_conntrack_udp_timeout"
    for setting, value in (
        ("/proc/sys/net/ipv4/ip_forward", 1),
        (forgets, FORGETS_SECONDS),
        (f"{forgets}_stream", FORGETS_SECONDS),
    ):
        _do(f"ip netns exec {router} tee {setting}", f"{value}\n")


def _do(command: str, text: str = "") -> None:
    done = subprocess.run(command.split(), input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
