"""Environment variables as a source of the configuration: ``CALLCONTROL_SIP_PORT`` for ``sip.port``. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from callcontrol.config.values import ConfigError, Value

PREFIX = "CALLCONTROL_"
_NO_KEY = ("CALLCONTROL_CONFIG", "CALLCONTROL_HEARTBEAT_FD")
"""Variables that mean something else than a key: the file to read; what the supervisor tells its children."""


def variable(key: str) -> str:
    """The variable of a dotted key."""
    return PREFIX + key.replace(".", "_").upper()


def from_environment(environ: Mapping[str, str], keys: Iterable[str]) -> dict[str, Value]:
    """The values that stand there, by key; an empty variable counts as not set."""
    found = {}
    for key in keys:
        name = variable(key)
        if environ.get(name):
            found[key] = Value(key, environ[name], f"environment variable {name}")
    return found


def refuse_unknown(environ: Mapping[str, str], keys: Collection[str]) -> None:
    """A variable of ours that nothing reads is a mistake in its name. Raises ConfigError, which names all of them."""
    known = {*map(variable, keys), *_NO_KEY}
    strange = sorted(
        name for name in environ if name.startswith(PREFIX) and environ[name] and name not in known
    )
    if strange:
        raise ConfigError(" ".join(_sentence(name, known) for name in strange))


def _sentence(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    meant = f"did you mean {near[0]}?" if near else "docs/operations.md lists them."
    return f"The environment variable {name} is no setting; {meant}"
