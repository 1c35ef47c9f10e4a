"""What Asterisk has wrong is mended in a copy: only there, only what is known, and never at the price of a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.runtime import mended

CODE = b"\x7fELF\0Refer-To\0Refer-Sub\0false\0"


def a_system(folder: Path, version: str, code: bytes = CODE) -> Path:
    modules = folder / version / "usr" / "lib" / "x86_64-linux-gnu" / "asterisk" / "modules"
    modules.mkdir(parents=True)
    (modules / mended.MODULE).write_bytes(code)
    return folder / version


def test_the_copy_knows_no_refer_sub_and_the_original_stays(tmp_path: Path) -> None:
    system = a_system(tmp_path, "22.10.1+dfsg-1")
    for _ in range(2):
        ((copy, place),) = mended.mend(system, tmp_path / "mended")
    assert place == "/usr/lib/x86_64-linux-gnu/asterisk/modules/res_pjsip_refer.so"
    assert b"Refer-Sub" not in copy.read_bytes()
    assert len(copy.read_bytes()) == len(CODE)
    assert (system / place[1:]).read_bytes() == CODE


@pytest.mark.parametrize(
    ("version", "code"),
    [("22.11.0-1", CODE), ("22.10.1-1", b"another build"), ("22.10.1-1", CODE * 2)],
    ids=["right by itself", "unknown", "there twice"],
)
def test_what_needs_no_mending_or_is_not_what_is_known_stays_as_it_is(
    tmp_path: Path, version: str, code: bytes
) -> None:
    assert mended.mend(a_system(tmp_path, version, code), tmp_path / "mended") == []
    assert not (tmp_path / "mended").exists()


def test_no_room_for_the_copy_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / "mended").write_text("a file where the folder should be")
    assert mended.mend(a_system(tmp_path, "22.10.1-1"), tmp_path / "mended") == []
