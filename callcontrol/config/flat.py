"""A configuration as one flat table, to be compared with a later one: dotted key → text. Secrets, and what may hold
one, stand in it as a hash. Pure.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping

from callcontrol.config.load import Config
from callcontrol.config.trunks import Transport

_NAMES = {
    "media_dir": "media.dir",
    "keep_free": "media.keep_free_mb",
    "clock": "dev.clock",
    "runtime_dir": "runtime.dir",
    "log_level": "log.level",
    "smtp.sender": "smtp.from",
}
_SECRET = frozenset({"database.url", "database.listen_url", "asterisk.ari_password", "smtp.url"})
_LIVE = (
    "sip.phone_networks", "sip.session_expires", "rtp.start", "rtp.end", "rtp.timeout", "web.", "smtp.from",
    "media.keep_free_mb", "trunks.", "limits.", "dev.", "log.",
)  # fmt: skip
"""Keys and sections that calls, web and Asterisk take without being started anew; any other waits."""


TRUST = "trust in trunks over TLS"
"""Not a key: ``tls_verify`` and ``tls_ca`` of all trunks, which are Asterisk's from its start on."""


def flat(config: Config) -> dict[str, str]:
    """Every key with its value; a trunk is one key."""
    return dict(sorted(_entries(config)))


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The keys that differ, were added, or are gone."""
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def waits(key: str, config: Config) -> bool:
    """Whether a change of ``key`` takes effect at the next start only."""
    if key == "smtp.url":
        return bool(config.smtp.catch_all)  # then our own mail server listens there
    return not key.startswith(_LIVE)


def shown(key: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """A change in words: ``sip.port (5060 → 5070)``; of what may be secret only the key."""
    if key in _SECRET or key.startswith("trunks."):
        state = "new" if key not in old else "gone" if key not in new else "changed"
        return f"{key} ({state})"
    return f"{key} ({old.get(key, 'none')} → {new.get(key, 'none')})"


def _entries(config: Config) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name == "source" or not field.repr:  # what is not shown is a secret that is made here, once
            continue
        if field.name == "trunks":
            trusted = {
                (trunk.tls_verify, trunk.tls_ca) for trunk in value if trunk.transport is Transport.TLS
            }
            if trusted:
                yield TRUST, _hashed(str(sorted(map(str, trusted))))
            for trunk in value:
                yield f"trunks.{trunk.name}", _hashed(repr(trunk))
        elif dataclasses.is_dataclass(value):
            for inner in dataclasses.fields(value):
                key = f"{field.name}.{inner.name}"
                yield _entry(_NAMES.get(key, key), getattr(value, inner.name))
        else:
            yield _entry(_NAMES.get(field.name, field.name), value)


def _entry(key: str, value: object) -> tuple[str, str]:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return key, _hashed(text) if key in _SECRET else text


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
