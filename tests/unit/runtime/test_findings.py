"""What the doctor makes of what it saw: each trouble is found by its name, and what is right is left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.runtime import findings
from callcontrol.runtime.findings import Finding

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("finding", "good", "told"),
    [
        (findings.asterisk_found("22.10.1 in x", (22, 10, 1), (22, 10)), True, "22.10 or newer"),
        (findings.asterisk_found("22.9.0 in x", (22, 9, 0), (22, 10)), False, "too old: 22.10 or newer"),
        (findings.asterisk_found("GIT-master in x", (), (22, 10)), False, "too old"),
        (findings.sandbox_tried(0, ""), True, "sandbox"),
        (findings.sandbox_tried(None, ""), False, "apt-get install bubblewrap"),
        (
            findings.sandbox_tried(1, "bwrap: No permissions to create new namespace\n"),
            False,
            "No permissions to create new namespace). In a container",
        ),
        (findings.sandbox_tried(1, ""), False, "it ended with 1"),
        (findings.disk(900_000_000, 200_000_000, "/media"), True, "900 MB free in /media"),
        (findings.disk(100_000_000, 200_000_000, "/media"), False, "no message is taken until there is room"),
        (findings.clock(NOW, NOW - timedelta(days=3), 0.2, True), True, "2026-11-22 09:00:00"),
        (findings.clock(NOW, NOW + timedelta(seconds=20), None, None), True, "clock"),
        (findings.clock(NOW, NOW + timedelta(days=1), None, True), False, "it is wrong"),
        (findings.clock(NOW, None, 90.0, True), False, "the database's is 90 s ahead of it"),
        (findings.clock(NOW, None, -90.0, True), False, "90 s behind it"),
        (findings.clock(NOW, None, None, False), None, "nothing keeps it right"),
        (findings.sound_refused({"022296••••": 3}), None, "refused (488)"),
        (findings.trunk_asked("op", "sip.example.net:5060", True), True, "answers"),
        (findings.trunk_asked("op", "192.0.2.1:5060", False), False, "does not answer OPTIONS"),
        (findings.trunk_asked("op", "nix:5060", None, "Name unknown"), False, "cannot be found (Name unknown)"),
        (findings.database("db.example.net", (18, 0)), True, "PostgreSQL 18.0"),
        (findings.database("db.example.net", (14, 2)), False, "15 or newer"),
        (findings.database("db.example.net", None, "it says nothing"), False, "does not answer: it says nothing"),
    ],
)  # fmt: skip
def test_each_thing_has_its_sentence(finding: Finding, good: bool | None, told: str) -> None:
    assert finding.good is good, finding.text
    assert told in finding.text
    assert "\n" not in finding.text
