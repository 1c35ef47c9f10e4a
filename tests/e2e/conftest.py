"""One whole system for all end-to-end tests; each test uses lines of its own and leaves no call behind."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rig.ticker import shared_ticker
from tests.e2e import account
from tests.e2e.office import Office, eventually
from tests.stack import Stack


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nobody_speaks_on() -> AsyncIterator[None]:
    """A leg that goes on sending after its test is heard in a later call that Asterisk gives the same port. The BYE of
    a call that has just ended may still be on its way."""
    yield

    async def silent() -> bool | None:
        return not shared_ticker().members or None

    await eventually(silent, "no leg sends its sound any more")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The system of the session, with the demo company. Tests that kill parts of it start one of their
    own."""
    async with Stack.start(
        tmp_path_factory.mktemp("stack"), app_module=os.environ.get("CC_APP", "callcontrol.app")
    ) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(stack: Stack) -> AsyncIterator[Office]:
    """A company of its own with fresh lines for every test."""
    opened = await Office.open(stack)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def trio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system of its own, whose app the tests kill: lines that may all log in, any three in a row a pickup group."""
    prefix, size = "02224", 60
    members = [f"{prefix}{n:05d}" for n in range(2, size)]
    groups = [{"name": f"Bureau {n}", "members": members[n : n + 3]} for n in range(len(members) - 2)]
    async with Stack.start(
        tmp_path_factory.mktemp("trio"), company=None, app_module=os.environ.get("CC_APP", "callcontrol.app")
    ) as running:
        opened = await Office.open(
            running, size, company="Trio", prefix=prefix, portals=size, of_file={"pickup_groups": groups}
        )
        yield opened
        await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A firm whose first trunk is an account at an operator (``tests.e2e.account``)."""
    async with Stack.start(
        tmp_path_factory.mktemp("firm"),
        trunk=account.TRUNK,
        more_trunks=[account.SPARE],
        settings={"sip": {"keep_alive": 5}},
    ) as running:
        opened = await Office.open(running, 40, company="Compte", prefix="02233", people=4)
        yield opened
        await opened.close()
