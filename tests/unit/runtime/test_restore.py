"""What is no backup of ours is refused in one sentence, whoever made it, and changes nothing."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from callcontrol.config.load import load
from callcontrol.errors import CallControlError
from callcontrol.runtime.backup import MANIFEST
from callcontrol.runtime.restore import restore
from callcontrol.runtime.running import only_one
from callcontrol.store.migrate import migrations

GOOD = {"callcontrol": "0.1.0", "made_at": "2026-11-22T09:00:00+00:00", "schema": len(migrations())}


def packed(file: Path, manifest: object, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        raw = json.dumps(manifest).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(raw)
        tar.addfile(head, io.BytesIO(raw))
        for member in members:
            member.size = 1 if member.isreg() else 0
            tar.addfile(member, io.BytesIO(b"x") if member.isreg() else None)
    return file


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


HOSTILE = [
    tarfile.TarInfo("../escaped"),
    tarfile.TarInfo("/etc/escaped"),
    tarfile.TarInfo("media/../../escaped"),
    tarfile.TarInfo("surprise/file"),
    tarfile.TarInfo("surprise"),
    link("media/link", tarfile.SYMTYPE, "/etc/passwd"),
    link("media/link", tarfile.LNKTYPE, "/etc/passwd"),
    link("media/device", tarfile.CHRTYPE, ""),
]


@pytest.mark.parametrize("member", HOSTILE, ids=lambda member: f"{member.name} {member.type!r}")
async def test_a_member_that_no_backup_has_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    await refused(
        tmp_path, packed(tmp_path / "x.backup", GOOD, member), "which no backup of callcontrol does"
    )


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (GOOD | {"schema": 9999}, "newer release"),
        (["no"], "is no backup of callcontrol"),
        ({"schema": "many"}, "is no backup of callcontrol"),
    ],
)
async def test_a_manifest_that_cannot_be_right_is_refused(
    tmp_path: Path, manifest: object, told: str
) -> None:
    await refused(tmp_path, packed(tmp_path / "x.backup", manifest), told)


@pytest.mark.parametrize("raw", [b"", b"nothing like it", b"\x1f\x8b\x08\x00broken"])
async def test_what_is_no_archive_is_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "x.backup"
    file.write_bytes(raw)
    await refused(tmp_path, file, "cannot be read")
    await refused(tmp_path, tmp_path / "none.backup", "cannot be read")


async def test_a_system_that_runs_is_left_alone(tmp_path: Path) -> None:
    file = packed(tmp_path / "x.backup", GOOD)
    with only_one(tmp_path / "runtime"):
        await refused(tmp_path, file, "already running")


async def refused(folder: Path, file: Path, told: str) -> None:
    runtime = folder / "runtime"
    config = load(None, {"CALLCONTROL_RUNTIME_DIR": str(runtime)}, make_secrets=False)
    with pytest.raises(CallControlError) as error:
        await restore(config, file, folder)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (folder / "escaped").exists()
    left = [path.name for path in runtime.rglob("*") if path.is_file()] if runtime.exists() else []
    assert left in ([], ["supervisor.pid"])
