"""schemathesis against the OpenAPI document: whatever is sent, the answer is one that the document promises.

All its checks, in a process of its own against a running application, as an administrator (so that every path is
reached). Left out: the log-out, which would end the run's own session, and the upload of a sound.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from callcontrol.because import Because
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, Peer
from callcontrol.portal_bridge.app import build, serve
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, World, leave

CONFIG = f"""
seed = 1
color = false
[parameters]
"path.number" = "{CAMILLE}"
[[operations]]
include-path-regex = "/messages/"
include-method = ["GET", "PATCH"]
[operations.parameters]
"path.id" = "m1"
[[operations]]
include-path-regex = "/restore$"
[operations.parameters]
"path.id" = "m2"
[checks.positive_data_acceptance]
# 422: a document may be well-formed and still name a number that nobody has; 400: likewise a cursor or caller;
# 412 and 409: what the document says about versions and names that are taken; 416: a range beyond the file
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "409", "412", "416", "422", "429"]
[checks.negative_data_rejection]
# 429: the log-in, after ten wrong ones; 200: a header that is no JSON Schema's business
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "429"]
"""
COMMAND = (
    "--checks", "all", "--max-examples", "3", "--no-shrink", "--exclude-operation-id", "end_session",
    # its body is a sound, which no schema makes: tests/web/test_web_recordings.py sends every kind of wrong one
    "--exclude-operation-id", "create_recording",
    # the same handlers as under /me; the call manager stands for all documents
    "--exclude-operation-id-regex", "^(?!(patch_call_manager|list_calls|explain_call|get_line)_of).*_of_line$",
)  # fmt: skip
DEADLINE = 240.0


async def fuzz(world: World, port: int, folder: Path) -> tuple[int, str]:
    """Run schemathesis; its exit code and what it said."""
    file = folder / "schemathesis.toml"
    file.write_text(CONFIG, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run",
        f"http://127.0.0.1:{port}/api/openapi.json", *COMMAND,
        "--header", f"Authorization: Bearer {await world.token(ADMINISTRATOR)}",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.timeout(DEADLINE + 30)
async def test_every_answer_is_one_that_the_document_promises(world: World, tmp_path: Path) -> None:
    await leave(world, "m1", line=ADMINISTRATOR)
    await leave(world, "m2", line=ADMINISTRATOR)
    await world.repositories.messages.delete(ADMINISTRATOR, "m2", NOW)
    await world.repositories.calls.write(
        [
            CallRecord(
                f"c{index}", line, Direction.MISSED, Peer(Presentation.SHOWN, "+33612345678"), NOW, None, NOW,
                Because("voicemail.no_answer"),
            )
            for index, line in enumerate((ADMINISTRATOR, CAMILLE))
        ]
    )  # fmt: skip
    config = replace(world.services.config, clock=None)
    app = build(replace(world.services, config=config, registry=CollectorRegistry()))
    runner = await serve(app, "127.0.0.1", 0)
    try:
        code, said = await fuzz(world, runner.addresses[0][1], tmp_path)
    finally:
        await runner.cleanup()
    (tmp_path / "said.txt").write_text(said, encoding="utf-8")
    assert code == 0, said[-20_000:]
