"""``python -m callcontrol.runtime.install``: have an Asterisk ready before it is needed (the tests' time-outs
do not allow for building one). Does nothing where one is there already."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from callcontrol.config import load
from callcontrol.errors import CallControlError
from callcontrol.runtime import rootfs
from callcontrol.runtime.ending import tidily


def main(arguments: Sequence[str]) -> int:
    """Build into the folder that ``arguments`` names, else into the configured one. 0 when an Asterisk is
    ready; 1 with the reason when none could be had."""
    return tidily(lambda: _installed(arguments))


def _installed(arguments: Sequence[str]) -> int:
    try:
        named = Path(arguments[0]) if arguments else None
        folder = named or load.load(None, os.environ, make_secrets=False).asterisk.rootfs
        if rootfs.native() is None:
            rootfs.ensure(folder, lambda text: print(text, flush=True))
    except CallControlError as error:
        print(f"callcontrol: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
