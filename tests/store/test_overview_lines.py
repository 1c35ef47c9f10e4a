"""``callcontrol status`` while the first start is under way: a database without tables is one that is not there yet."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from callcontrol.commands import overview
from callcontrol.config import load as configuration
from callcontrol.errors import StoreDown


async def test_a_database_without_tables_is_no_crash(url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    environ = {"CALLCONTROL_RUNTIME_DIR": str(tmp_path), "CALLCONTROL_DATABASE_URL": url}
    with pytest.raises(StoreDown, match="no tables yet"):
        await overview.lines(configuration.load(None, environ, make_secrets=False))
