"""What the doctor makes of what it saw: a sentence for each thing, and whether it is good. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_APART = 5.0
"""Seconds by which the database's clock may differ from ours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``good`` None is a remark: neither right nor wrong."""

    good: bool | None
    text: str


def asterisk_found(name: str, version: Sequence[int], oldest: Sequence[int]) -> Finding:
    """An Asterisk that would be used. ``name`` says which and where."""
    needed = ".".join(map(str, oldest))
    if tuple(version) >= tuple(oldest):
        return Finding(True, f"Asterisk {name} ({needed} or newer)")
    return Finding(
        False, f"Asterisk {name} is too old: {needed} or newer is needed, calls would be lost on it"
    )


def sandbox_tried(code: int | None, said: str) -> Finding:
    """A program was started as Asterisk and PostgreSQL would be; ``code`` None: bwrap is not there."""
    if code is None:
        return Finding(False, "bwrap: missing: apt-get install bubblewrap")
    if code == 0:
        return Finding(True, "sandbox: bwrap may make one here")
    why = said.strip().splitlines()[-1] if said.strip() else f"it ended with {code}"
    return Finding(
        False,
        f"sandbox: bwrap may not make one here ({why}). In a container: give it CAP_SYS_ADMIN and no seccomp filter"
        " (docker: --privileged); on a machine of your own: allow user namespaces (sysctl"
        " kernel.unprivileged_userns_clone=1). Or do without: an Asterisk on PATH, database.url, and no root",
    )


def disk(free: int, kept: int, folder: str) -> Finding:
    """Bytes that are free where messages go, and those that must stay so (``media.keep_free_mb``)."""
    shown = f"{free // 1_000_000} MB free in {folder}"
    if free < kept:
        return Finding(
            False,
            f"disk: {shown}, and media.keep_free_mb is {kept // 1_000_000}: no message is taken until there is room",
        )
    return Finding(True, f"disk: {shown}")


def clock(
    now: datetime, youngest: datetime | None, database_ahead: float | None, synchronised: bool | None
) -> Finding:
    """The clock of this machine (``now``, aware). ``youngest``: when the newest file of ours was written;
    ``database_ahead``: seconds by which the database's is ahead; ``synchronised``: whether the kernel has it kept."""
    shown = now.strftime("%Y-%m-%d %H:%M:%S %Z")
    if youngest is not None and now < youngest - timedelta(minutes=1):
        written = youngest.strftime("%Y-%m-%d %H:%M")
        return Finding(
            False, f"clock: it says {shown}, but a file of ours was written {written}: it is wrong"
        )
    if database_ahead is not None and abs(database_ahead) > MOST_APART:
        way = "ahead of" if database_ahead > 0 else "behind"
        return Finding(
            False,
            f"clock: it says {shown}; the database's is {abs(database_ahead):.0f} s {way} it: one is wrong",
        )
    if synchronised is False:
        return Finding(
            None,
            f"clock: {shown}; nothing keeps it right (apt-get install chrony): times in the history depend on it",
        )
    return Finding(True, f"clock: {shown}")


def sound_refused(lines: Mapping[str, int]) -> Finding:
    """Calls that were refused for the sound that they offer, by line (redacted) and trunk."""
    shown = ", ".join(f"{line} ({times})" for line, times in sorted(lines.items()))
    return Finding(
        None,
        f"calls were refused (488) for how their sound is encrypted, of {shown}: asterisk.log says what is taken",
    )


def trunk_asked(name: str, where: str, answered: bool | None, why: str = "") -> Finding:
    """A trunk that was sent an OPTIONS while nothing runs; ``answered`` None: its name has no address."""
    if answered:
        return Finding(True, f"trunk {name}: {where} answers")
    if answered is None:
        return Finding(False, f"trunk {name}: {where} cannot be found ({why})")
    return Finding(
        False,
        f"trunk {name}: {where} does not answer OPTIONS by UDP: a wrong address, a firewall, or it never does",
    )


def trunk_silent(name: str, where: str, why: str) -> Finding:
    """A trunk over TLS to which no connection could be made."""
    return Finding(False, f"trunk {name}: {where} cannot be reached over TLS: {why}")


def trunk_certificate(name: str, where: str, why: str | None) -> Finding:
    """A trunk over TLS that showed its certificate; ``why`` it is not accepted."""
    if why is None:
        return Finding(True, f"trunk {name}: {where} shows a certificate that is accepted")
    return Finding(False, f"trunk {name}: the certificate of {where} is not accepted: {why}")


def database(shown: str, version: tuple[int, int] | None, why: str = "") -> Finding:
    """A PostgreSQL that was asked; ``version`` None: it did not answer, ``why``."""
    if version is None:
        return Finding(False, f"PostgreSQL at {shown} does not answer: {why}")
    good = version[0] >= 15
    return Finding(good, f"PostgreSQL {version[0]}.{version[1]} at {shown} (15 or newer)")
