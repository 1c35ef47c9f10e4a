"""A database, a mail server that obeys, and mailers between them: all real but the server's manners."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcontrol.store.pool import Pool, open_pool
from tests.fakes.mail_server import MailServer
from tests.mails.post import Post
from tests.postgres import Server
from tests.store.conftest import add_lines

LINE = "0222969569"


@pytest.fixture
async def pool(server: Server) -> AsyncIterator[Pool]:
    pool = await open_pool(await server.fresh_database(), max_size=12)
    await add_lines(pool, LINE)
    yield pool
    await pool.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with MailServer.listening() as server:
        yield server


@pytest.fixture
async def post(pool: Pool, mail_server: MailServer, tmp_path: Path) -> AsyncIterator[Post]:
    async with Post.open(pool, mail_server, tmp_path) as post:
        yield post
