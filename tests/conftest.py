"""What tests of several folders share: one PostgreSQL for the session, started by the first test that wants it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.hostile_size import counts, tried

if TYPE_CHECKING:
    from tests.postgres import Server

hypothesis.settings.register_profile(
    "any machine",
    deadline=None,  # a busy one is no bug
    derandomize=os.environ.get("HOSTILE")
    != "long",  # what is green here is green there; the long form searches on
)
hypothesis.settings.load_profile("any machine")
pytest.register_assert_rewrite("tests.contract")  # its assertions are tests, whichever file plays them


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[Server]:
    from tests.postgres import running

    async with running() as server:
        yield server


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["tried"] = counts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    for what, count in getattr(node, "workeroutput", {}).get("tried", ()):
        tried(what, count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if counts():
        terminalreporter.section("hostile hands and bad days: what was tried, and held")
        for what, count in counts():
            terminalreporter.write_line(f"{count:7}  {what}")
