"""Whatever stands in the file of a journal, the rest of it is read."""

from __future__ import annotations

import contextlib
import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from callcontrol.journal import entries, records
from callcontrol.journal.codec import encode
from callcontrol.journal.files import Journal
from callcontrol.journal.fold import fold
from tests.unit.calls.story_entries import ENTRIES, MORNING, TEXTS
from tests.unit.calls.test_story import whole_call, written

WORDS = st.sampled_from(["$", "at", "call", "step", "legs"]) | TEXTS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_rubbish_is_refused_by_the_codec_and_never_crashes_it(raw: Any) -> None:
    with contextlib.suppress(KeyError, TypeError, ValueError):  # what its docstring promises
        entries.CODEC.decode(raw)


RUBBISH = st.binary(max_size=20) | ENTRIES.map(lambda entry: json.dumps(encode(entry)).encode())


@given(rubbish=RUBBISH, at=st.integers(1, 16))
@settings(max_examples=150, deadline=None)
def test_a_journal_with_rubbish_between_its_lines_still_loads(rubbish: bytes, at: int) -> None:
    with tempfile.TemporaryDirectory() as name, capture_logs():
        folder = Path(name)
        path = written(folder, whole_call())
        lines = path.read_bytes().split(b"\n")
        path.write_bytes(b"\n".join([*lines[:at], rubbish, *lines[at:]]))
        (journal,) = Journal(folder).left()
    assert journal.story.started_at is not None
    fold(journal.story, entries.Ended(MORNING + timedelta(hours=1)))
    lines_told = [record.line for record in records.records(journal.story)]
    assert len(lines_told) == len(set(lines_told))
