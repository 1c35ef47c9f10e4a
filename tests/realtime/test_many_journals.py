"""A start after the worst of days: as many journals as there may ever be are read in time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callcontrol.journal.files import Journal
from tests.unit.calls.test_story import whole_call, written


def test_ten_thousand_journals_are_read_in_time(tmp_path: Path) -> None:
    whole = written(tmp_path, whole_call()).read_bytes()
    for number in range(10_000):
        (tmp_path / f"{number:05}.jsonl").write_bytes(whole)
    begun = time.process_time()
    assert sum(1 for _ in Journal(tmp_path).left()) == 10_001
    assert time.process_time() - begun < 8


def test_who_is_behind_can_be_asked_while_a_thread_reads_what_was_left(tmp_path: Path) -> None:
    whole = written(tmp_path, whole_call()).read_bytes()
    for number in range(500):
        (tmp_path / f"{number:05}.jsonl").write_bytes(whole)
    journals = Journal(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: list(journals.left()))
        while not reading.done():
            assert journals.behind == 0
            journals.catch_up()
    assert len(reading.result()) == 501
