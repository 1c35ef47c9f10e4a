"""Phones that registered with an earlier release are found under their new names."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from callcontrol.runtime.registrations import rename_registrations

OLD = "/registrar/contact/0222969501;@f51e2f6f"
NEW = "/registrar/contact/0222969501@callcontrol;@f51e2f6f"
OTHERS = {
    "/pbx/UUID": "x",
    "/registrar/contact/0222969502@callcontrol;@ab": "known already",
    "/registrar/contact/demo-trunk;@cd": "no line of ours",
    "/SIP/Registry/0222969501;@x": "something else",
}


def kept(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT key, value FROM astdb"))
    finally:
        connection.close()


def test_registrations_of_an_earlier_release_are_renamed_once(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
    connection.executemany("INSERT INTO astdb VALUES (?, ?)", [(OLD, "{contact}"), *OTHERS.items()])
    connection.commit()
    connection.close()
    assert [rename_registrations(path) for _ in range(2)] == [1, 0]
    assert kept(path) == {NEW: "{contact}", **OTHERS}


def test_no_database_or_a_damaged_one_is_left_to_asterisk(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    assert rename_registrations(path) == 0
    path.write_bytes(b"no database at all" * 100)
    assert rename_registrations(path) == 0
