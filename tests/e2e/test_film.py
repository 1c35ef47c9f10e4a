"""``make demo`` plays to its end on a system that it starts itself, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml

from demo.film import SCENES
from tests.stack import CLONE, free_ports


@pytest.mark.timeout(240)
async def test_the_film_starts_a_system_plays_every_scene_with_a_crash_too_and_stops_it_again(
    tmp_path: Path,
) -> None:
    code, printed = await _film(tmp_path, "--with-crash")
    assert code == 0, printed
    assert (
        f"All {len(SCENES) + 2} scenes really happened" in printed
    )  # the crash and the history are the other two
    assert "✗" not in printed
    assert not list((tmp_path / "runtime" / "run").glob("*.pid")), "every part has ended"
    assert not list((tmp_path / "runtime" / "journal").glob("*"))
    written = [path for path in (tmp_path / "runtime").rglob("*") if not path.is_symlink()]
    assert len(written) > 20
    assert not [path for path in written if path.stat().st_mode & 0o077], "nobody else may read what is kept"


async def _film(folder: Path, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.film", *arguments),
        env={**os.environ, "CALLCONTROL_CONFIG": str(_configuration(folder))},
        cwd=CLONE,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(200):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.terminate()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, printed.decode(errors="replace")


def _configuration(folder: Path) -> Path:
    """The demo's own configuration, on free ports and with a runtime folder of its own."""
    ports = free_ports()
    rootfs = os.environ.get("CALLCONTROL_ASTERISK_ROOTFS", str(CLONE / ".runtime" / "rootfs"))
    shown = yaml.safe_load((CLONE / "demo" / "callcontrol.yaml").read_text(encoding="utf-8"))
    shown["trunks"][0]["port"] = ports.trunk
    shown |= {
        "runtime": {"dir": str(folder / "runtime")},
        "asterisk": {"ari_url": f"http://127.0.0.1:{ports.ari}/ari", "rootfs": rootfs},
        "sip": {"bind": "127.0.0.1", "port": ports.sip, "tls_port": ports.sip_tls},
        "rtp": {"start": ports.rtp, "end": ports.rtp + 99},
        "web": {"port": ports.web},
        "smtp": {"url": f"smtp://127.0.0.1:{ports.smtp}", "catch_all": True},
    }
    file = folder / "callcontrol.yaml"
    file.write_text(yaml.safe_dump(shown), encoding="utf-8")
    return file
