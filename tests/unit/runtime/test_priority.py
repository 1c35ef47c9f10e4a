"""A process that gives way, as the kernel has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_SHOW = """
import json, os, pathlib, threading
from callcontrol import priority
priority.give_way()
group, of_thread = pathlib.Path("/proc/self/autogroup"), []
thread = threading.Thread(target=lambda: of_thread.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
thread.start()
thread.join()
print(json.dumps([os.getpriority(os.PRIO_PROCESS, 0), of_thread[0], group.read_text() if group.exists() else ""]))
"""


@pytest.mark.parametrize(("own_session", "before", "after"), [(True, 0, 5), (False, 0, 5), (True, 15, 15)])
def test_a_process_and_its_threads_give_way_and_never_rise(
    own_session: bool, before: int, after: int
) -> None:
    ran = subprocess.run(
        ["nice", "-n", str(before), sys.executable, "-c", _SHOW],
        start_new_session=own_session, capture_output=True, text=True, check=True,
    )  # fmt: skip
    nice, of_thread, group = json.loads(ran.stdout)
    assert nice >= after, "at least: whoever runs the tests may be lowered already"
    assert of_thread == nice
    shares = Path("/proc/sys/kernel/sched_autogroup_enabled")
    if (
        own_session and group and os.geteuid() == 0 and shares.read_text().strip() == "1"
    ):  # others may do it rarely
        assert group.strip().endswith("nice 5")
