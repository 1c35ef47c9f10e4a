"""What we log ourselves holds no number and no secret, whoever worded it (spec §13)."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from callcontrol import logs
from callcontrol.errors import NotFound, PhoneSystemRefused

CALL = "019abcde-1234-7000-8000-123456789012"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[io.StringIO, Terminal], ids=["file", "terminal"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream: io.StringIO = request.param()
    monkeypatch.setattr(sys, "stderr", stream)
    before = structlog.get_config()
    logs.configure("info")
    yield stream
    structlog.configure(**before)


@pytest.mark.parametrize(
    "error",
    [
        NotFound("there is no line 0222969569"),
        PhoneSystemRefused(
            "POST channels/create PJSIP/0222969569/sip:06%2012%2034%2056%2078@h", 500, "Allocation failed"
        ),
        ValueError("invalid literal: '+33 (0)2 22 96 95 69'"),
        KeyError("0222969569"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_told_without_the_numbers_in_it(written: io.StringIO, error: Exception) -> None:
    log: Any = structlog.get_logger()
    password = "Kestrel-vole-86!b"  # planted: a traceback shows no local variable
    log.warning("told", call=CALL, error=str(error), channels=["1764284930.17"])
    log.warning("shown", call=CALL, error=repr(error), list=[str(error)], story={"of": str(error)})
    try:
        raise error from ValueError("caused by 0612345678")
    except Exception:
        log.exception("failed", call=CALL)
    text = written.getvalue()
    for secret in ("22969569", "96 95 69", "2034%2056", "612345678", password):
        assert secret not in text
    assert text.count(CALL) == 3
    assert type(error).__name__ in text


def test_addresses_ids_and_instants_stay(written: io.StringIO) -> None:
    told = f"192.0.2.77:50601 of {CALL} since 2026-11-27T23:10:08.123456+00:00"
    log: Any = structlog.get_logger()
    log.warning("told", error=told, line="022296••••", count=123456)
    text = written.getvalue()
    for kept in ("192.0.2.77:50601", CALL, "2026-11-27T23:10:08.123456+00:00", "022296••••", "123456"):
        assert kept in text
    if not written.isatty():
        assert json.loads(text)["error"] == told
