"""Registrations that an earlier release kept are brought to the names of this one, before Asterisk starts.

Phones renew theirs only after minutes, up to an hour; until then nobody could call them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from callcontrol.asterisk_conf.accounts import REALM


def rename_registrations(database: Path) -> int:
    """Of Asterisk's database (``astdb.sqlite3``; it must not run): the contacts of ``NUMBER`` become those of
    ``NUMBER@callcontrol`` (``accounts.aor``). How many; none where there is no such database, or a damaged one."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(database, timeout=1.0)) as connection, connection:
            return connection.execute(
                """UPDATE OR REPLACE astdb SET key = replace(key, ';@', ?)
                   WHERE key GLOB '/registrar/contact/[0-9]*;@*' AND key NOT GLOB '/registrar/contact/*@*;@*'""",
                (f"@{REALM};@",),
            ).rowcount
    except sqlite3.Error:
        return 0
