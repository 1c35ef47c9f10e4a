"""``callcontrol explain`` as it is typed, over a real database and without Asterisk: the moment that it tells of."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from callcontrol.commands import provision
from callcontrol.config import load as configuration

DEMO = Path(__file__).parents[2] / "demo" / "company.yaml"


@pytest.fixture
async def environ(url: str, tmp_path: Path) -> dict[str, str]:
    """Where the demo company is, at ten o'clock in Paris; nothing listens where Asterisk should."""
    variables = {
        "CALLCONTROL_RUNTIME_DIR": str(tmp_path),
        "CALLCONTROL_DATABASE_URL": url,
        "CALLCONTROL_DEV_CLOCK": "2026-11-22T09:00:00+00:00",
        "CALLCONTROL_ASTERISK_ARI_URL": "http://127.0.0.1:9/ari",
    }
    config = configuration.load(None, variables)
    assert await asyncio.to_thread(provision.run, DEMO, config, lambda _: None) == 0
    return variables


async def explained(environ: dict[str, str], *at: str) -> tuple[int | None, list[str], str]:
    """Exit code, lines printed, and complaints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcontrol", "explain", "4002", "--from", "0145678901", *at,
        env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode()


@pytest.mark.parametrize(
    ("at", "head", "times"),
    [
        ((), "maintenant :", ("10:00:00", "10:01:00")),
        (("--at", "2026-07-01T17:59:30"), "le 2026-07-01 17:59 :", ("17:59:30", "18:00:30")),
        (("--at", "2026-07-01T17:59:30Z"), "le 2026-07-01 19:59 :", ("19:59:30", "20:00:30")),
    ],
    ids=["now is the injected clock's", "the company's time", "another zone's time"],
)
async def test_the_story_is_of_the_moment_asked_about(
    environ: dict[str, str], at: tuple[str, ...], head: str, times: tuple[str, str]
) -> None:
    code, (first, _, *steps), errors = await explained(environ, *at)
    assert (code, errors) == (0, "")
    assert first.endswith(head)
    ring, voicemail = steps
    assert ring.startswith(f"1. {times[0]} · 02 22 96 95 69 · ")
    assert voicemail.startswith(f"2. {times[1]} · 02 22 96 95 69 · ")


async def test_what_is_no_moment_is_said_in_one_sentence(environ: dict[str, str]) -> None:
    code, lines, errors = await explained(environ, "--at", "demain")
    assert code != 0
    assert lines == []
    assert "demain is no time" in errors
