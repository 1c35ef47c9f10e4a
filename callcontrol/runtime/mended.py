"""What Debian's Asterisk 22.10 has wrong and no configuration avoids: mended in a copy, which its sandbox lays over it.

*A REFER with ``Refer-Sub: false`` (RFC 4488) ends it*, where the app decides about transfers (``ari-only``): no
subscription is made, and used all the same. 22.11 has it right. In the copy the header has another name, one that
nobody can send: it is a header that Asterisk does not know, which RFC 4488 §4 provides for, and the transfer is told of
as ever.
"""

from __future__ import annotations

from pathlib import Path

from callcontrol.runtime.rootfs import version_of

RIGHT_FROM = (22, 11)
MODULE = "res_pjsip_refer.so"
_HEADER, _NEVER_SENT = b"\0Refer-Sub\0", b"\0Refer Sub\0"


def needs_mending(version: str) -> bool:
    """Whether one REFER of a phone ends this Asterisk (``22.10.1~dfsg-1``)."""
    return version_of(version) < RIGHT_FROM


def mend(system: Path, folder: Path) -> list[tuple[Path, str]]:
    """Write what must be laid over files of the root filesystem ``system`` into ``folder``: each file, and its place
    inside. Empty where there is nothing to mend, or where it cannot be: another module than is known, no room."""
    if not needs_mending(system.name):
        return []
    for module in system.glob(f"usr/lib/*/asterisk/modules/{MODULE}"):
        original = module.read_bytes()
        if original.count(_HEADER) != 1:
            continue
        copy, wanted = folder / MODULE, original.replace(_HEADER, _NEVER_SENT)
        try:
            if not copy.exists() or copy.read_bytes() != wanted:
                folder.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(wanted)
        except OSError:  # a full disk keeps nobody from calling
            return []
        return [(copy, f"/{module.relative_to(system)}")]
    return []
