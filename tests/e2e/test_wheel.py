"""The installed wheel works by itself: its ``callcontrol doctor`` runs from ``/``, no clone in sight (issue A1)."""

from __future__ import annotations

import asyncio
import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.stack import CLONE, free_ports


@pytest.mark.timeout(120)
async def test_the_installed_wheel_runs_doctor_from_the_root_folder_and_finds_its_own_data(
    tmp_path: Path,
) -> None:
    python = await _venv_with_the_wheel(tmp_path)
    before = set(os.listdir("/"))
    code, printed = await _run([str(python.with_name("callcontrol")), "doctor"], _environment(), Path("/"))
    assert code == 0, printed
    assert "Everything needed is here." in printed
    for data in ("asterisk_conf", "sounds"):
        line = next(line for line in printed.splitlines() if f" {data}: " in line)
        assert str(tmp_path) in line, "the wheel's own, not the clone's"
    assert set(os.listdir("/")) == before, "doctor writes nothing"


async def _venv_with_the_wheel(folder: Path) -> Path:
    """Build the wheel, install it into an environment of its own; its Python.

    The dependencies are those of the environment that runs the tests (nothing is downloaded). They come by a .pth file,
    which is not read for further ones: so the editable callcontrol of that environment stays out of sight.
    """
    wheels, venv = folder / "wheels", folder / "venv"
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(CLONE)]
    await _done([sys.executable, *build])
    await _done([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    (wheel,) = wheels.glob("callcontrol-*.whl")
    python = venv / "bin" / "python"
    pip = ["-m", "pip", "--python", str(python), "--quiet", "--disable-pip-version-check"]
    await _done([sys.executable, *pip, "install", "--no-index", "--no-deps", str(wheel)])
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def _environment() -> Mapping[str, str]:
    """Of a fresh log-in, but for ports that no other test has."""
    ports = free_ports()
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "CALLCONTROL_SIP_PORT": str(ports.sip),
        "CALLCONTROL_SIP_TLS_PORT": str(ports.sip_tls),
        "CALLCONTROL_WEB_PORT": str(ports.web),
        "CALLCONTROL_ASTERISK_ARI_URL": f"http://127.0.0.1:{ports.ari}/ari",
        "CALLCONTROL_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "CALLCONTROL_SMTP_CATCH_ALL": "yes",
    }


async def _done(command: Sequence[str]) -> None:
    code, printed = await _run(command, dict(os.environ), CLONE)
    assert code == 0, printed


async def _run(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(environ),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(60):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, printed.decode(errors="replace")
