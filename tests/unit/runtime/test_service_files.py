"""The shipped service files name commands and folders that exist."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from callcontrol import cli

SERVICE = Path(__file__).parents[3] / "service"


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((SERVICE / name).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", ["callcontrol.service", "callcontrol-backup.service"])
def test_every_command_of_ours_exists(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [value for key, value in unit(name)["Service"].items() if key.startswith("Exec")]
    commands = re.findall(r"\.venv/bin/callcontrol (\w+)", " ".join(lines))
    assert commands
    for command in commands:
        with pytest.raises(SystemExit, match="0"):
            cli.main([command, "--help"])
    capsys.readouterr()


def test_the_service_stops_in_order_and_may_make_its_sandboxes() -> None:
    service = unit("callcontrol.service")["Service"]
    assert service["KillMode"] == "mixed", (
        "SIGTERM to the supervisor alone: it stops the parts in their order"
    )
    assert "RestrictNamespaces" not in service
    assert int(service["TimeoutStopSec"]) > 30


def test_the_timer_starts_the_backup() -> None:
    assert "OnCalendar" in unit("callcontrol-backup.timer")["Timer"]
    assert (SERVICE / "callcontrol-backup.service").exists()


def test_the_logs_that_are_rotated_are_those_that_there_are() -> None:
    text = (SERVICE / "callcontrol.logrotate").read_text(encoding="utf-8")
    assert "/.runtime/log/*.log {" in text
    assert "copytruncate" in text, "our processes hold their files open"
