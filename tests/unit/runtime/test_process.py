"""A process of ours: what was opened is closed in the reverse order, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.process import Process, Start, live


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "callcontrol.yaml"
    file.write_text("{}", encoding="utf-8")
    return configuration.load(file, {}, make_secrets=False)


def closes(process: Process, told: list[str], what: str) -> None:
    async def close() -> None:
        told.append(f"{what} closed")

    process.at_end(close)


async def service(told: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        told.append("service ended")


def opened(told: list[str], then: Callable[[Process], None]) -> Start:
    async def start(process: Process, config: Config) -> None:
        closes(process, told, "pool")
        process.run(service=service(told))
        await asyncio.sleep(0)  # the service runs
        closes(process, told, "socket")
        then(process)

    return start


IN_ORDER = ["socket closed", "service ended", "pool closed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_the_reverse_order(config: Config, number: signal.Signals) -> None:
    told: list[str] = []
    assert await live(opened(told, lambda _: os.kill(os.getpid(), number)), config) == 0
    assert told == IN_ORDER


async def test_it_ends_with_the_code_that_it_is_given_and_the_first_one_counts(config: Config) -> None:
    told: list[str] = []

    def end(process: Process) -> None:
        process.end(3)
        process.end()

    assert await live(opened(told, end), config) == 3
    assert told == IN_ORDER


async def test_a_service_that_fails_ends_it_all(config: Config) -> None:
    told: list[str] = []

    async def broken() -> None:
        raise ValueError("broken")

    assert await live(opened(told, lambda process: process.run(broken=broken())), config) == 0
    assert told == IN_ORDER


async def test_a_start_that_fails_is_told_and_what_was_opened_is_closed(config: Config) -> None:
    told: list[str] = []

    def fail(_: Process) -> None:
        raise CallControlError("cannot")

    with pytest.raises(CallControlError, match="cannot"):
        await live(opened(told, fail), config)
    assert told == IN_ORDER


async def test_a_signal_while_it_starts_ends_the_start(config: Config) -> None:
    told: list[str] = []

    async def start(process: Process, config: Config) -> None:
        closes(process, told, "pool")
        os.kill(os.getpid(), signal.SIGTERM)
        await service(told)

    assert await live(start, config) == 0
    assert told == ["service ended", "pool closed"]
