"""Environment variables as a source of the configuration: ``CALLCONTROL_SIP_PORT`` for ``sip.port``. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping

from callcontrol.config.file import ConfigFile
from callcontrol.documents.read import keys
from callcontrol.errors import ConfigError

PREFIX = "CALLCONTROL_"
_NO_KEY = ("CALLCONTROL_CONFIG", "CALLCONTROL_HEARTBEAT_FD")
"""Variables that mean something else than a key: the file to read; what the supervisor tells its children."""


def variable(section: str, key: str) -> str:
    """The variable of a key."""
    return f"{PREFIX}{section}_{key}".upper()


def scalar_keys() -> Iterator[tuple[str, str]]:
    """Section and name of every key that a variable can set: all but those of lists."""
    for section, key in keys(ConfigFile).items():
        if key.model is not None and not key.many:
            yield from ((section, name) for name in keys(key.model))


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """A variable of ours that nothing reads is a mistake in its name. Raises ConfigError, which names all of them."""
    known = {*(variable(*key) for key in scalar_keys()), *_NO_KEY}
    strange = sorted(
        name for name in environ if name.startswith(PREFIX) and environ[name] and name not in known
    )
    if strange:
        raise ConfigError(" ".join(_sentence(name, known) for name in strange))


def _sentence(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    meant = f"did you mean {near[0]}?" if near else "docs/operations.md lists them."
    return f"The environment variable {name} is no setting; {meant}"
