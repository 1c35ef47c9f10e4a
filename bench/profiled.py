"""The calls under cProfile: ``python -m bench.profiled`` stands for ``python -m callcontrol.app`` in the bench's own
system. Its times are longer than real ones; its proportions count."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import sys
import time
from pathlib import Path

from callcontrol import app, process

FILE = "profile.pstats"
SHOWN = 45


def summary(runtime_dir: Path) -> str:
    """The functions that took most, by themselves and with what they called."""
    out = io.StringIO()
    stats = pstats.Stats(str(runtime_dir / FILE), stream=out)
    stats.sort_stats("tottime").print_stats(SHOWN)
    stats.sort_stats("cumulative").print_stats(SHOWN)
    return out.getvalue()


def main() -> int:
    profiler = cProfile.Profile(time.thread_time)  # CPU time: waiting and neighbours do not count
    try:
        return int(profiler.runcall(process.main, app.start))
    finally:
        profiler.dump_stats(str(Path(os.environ["CALLCONTROL_RUNTIME_DIR"]) / FILE))


if __name__ == "__main__":
    sys.exit(main())
