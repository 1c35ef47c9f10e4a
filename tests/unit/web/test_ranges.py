"""Which part of a file a request means, header by header (RFC 9110 §14 and §13.1.5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.portal_bridge.api.ranges import Unsatisfiable, part, still_means

SIZE = 10_000
WHOLE = None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, WHOLE),
        ("bytes=0-", range(10_000)),
        ("bytes=0-0", range(1)),
        ("bytes=4-7", range(4, 8)),
        ("bytes=9999-", range(9999, 10_000)),
        ("bytes=9000-20000", range(9000, 10_000)),
        ("bytes=-500", range(9500, 10_000)),
        ("bytes=-20000", range(10_000)),
        ("Bytes = 4-7 ", range(4, 8)),
        ("bytes=, 4-7 ,", range(4, 8)),
        ("bytes=0-99999999999999999999999999", range(10_000)),
        ("bytes=4-7,99999-", range(4, 8)),  # one of two is there
        ("bytes=0-1,4-7", WHOLE),  # several: the whole is a right answer
        ("bytes=0-0,-1", WHOLE),
        # what is no range is no question at all
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=7-4", WHOLE),
        ("bytes=4", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=٤-٧", WHOLE),
        ("bytes=4-7;8-9", WHOLE),
        ("bytes=4-7,x", WHOLE),
        ("bytes=--7", WHOLE),
        ("seconds=1-2", WHOLE),
        ("4-7", WHOLE),
    ],
)
def test_a_header_means_a_part_or_the_whole(header: str | None, expected: range | None) -> None:
    assert part(header, SIZE) == expected


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=20000-,-0"])
def test_a_part_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        part(header, SIZE)


def test_of_an_empty_file_no_part_can_be_had() -> None:
    with pytest.raises(Unsatisfiable):
        part("bytes=0-", 0)
    assert part(None, 0) is None


@given(st.text(max_size=40), st.integers(0, 100))
def test_whatever_the_header_a_part_is_inside_the_file(text: str, size: int) -> None:
    try:
        found = part(f"bytes={text}", size)
    except Unsatisfiable:
        return
    assert found is None or (0 <= found.start < found.stop <= size and found.step == 1)


@pytest.mark.parametrize(
    ("header", "same"),
    [
        (None, True),
        ('"a-1"', True),
        ('"b-1"', False),
        ('W/"a-1"', False),  # a weak tag names no bytes
        ("Sun, 22 Nov 2026 09:30:00 GMT", True),
        ("Sun, 22 Nov 2026 09:30:01 GMT", False),
        ("Sun, 22 Nov 2026 09:29:59 GMT", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_part_is_sent_only_of_the_file_that_is_meant(header: str | None, same: bool) -> None:
    assert still_means(header, '"a-1"', datetime(2026, 11, 22, 9, 30, 0, 123, UTC)) is same
