"""The demo's passwords are public: they and a way to a real telephone network do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol import cli
from callcontrol.asterisk_conf.accounts import Accounts, LineAccount
from callcontrol.asterisk_conf.render import render_lines
from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.config import load as configuration
from callcontrol.runtime import doctor, public_passwords
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout


def written(folder: Path, host: str) -> Path:
    file = folder / "callcontrol.yaml"
    file.write_text(
        f"{{runtime: {{dir: {folder / 'runtime'}}}, trunks: [{{name: op, host: {host}}}]}}", "utf-8"
    )
    return file


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("127.0.0.0/8", True),
        ("0.0.0.0", False),
        ("192.0.2.1", False),
        ("localhost.example.net", False),
        ("sip.example.net", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_the_demo_refuses_a_real_trunk_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "sip.example.net")
    assert cli.main(["--config", str(file), "run", "--demo"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "callcontrol: the demo's passwords are public, and trunk op leads to sip.example.net"
    )
    assert said.count("\n") == 1
    assert not Layout(tmp_path / "runtime").pids.exists()  # nothing was started


@pytest.mark.parametrize(
    ("host", "password", "warned"),
    [
        ("192.0.2.1", "demo-sip-Kestrel-57", True),
        ("192.0.2.1", "one-of-my-own", False),
        ("127.0.0.1", "demo-sip-Kestrel-57", False),
    ],
)
async def test_the_doctor_tells_of_a_demo_password_beside_a_real_trunk(
    tmp_path: Path, host: str, password: str, warned: bool
) -> None:
    file = written(tmp_path, host)
    etc = Layout(configuration.load(file, {}).runtime_dir).asterisk_etc
    etc.mkdir(parents=True)
    write_private(etc / "lines.conf", render_lines([LineAccount("0222969569", "c1", "Camille", password)]))
    said: list[str] = []
    await doctor.run(file, {}, said.append)
    assert (
        any("BAD" in line and "public passwords or PINs beside trunk op" in line for line in said) is warned
    )
    assert password not in "".join(said)


@pytest.mark.parametrize("arguments", [[], ["company.yaml", "--delete-company", "Démo"]])
def test_provision_wants_a_file_or_a_company_to_delete(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["provision", *arguments])


@pytest.mark.parametrize(
    ("host", "kept"), [("192.0.2.1", ["0222969570"]), ("127.0.0.1", ["0222969569", "0222969570"])]
)
async def test_asterisk_never_gets_a_public_password_beside_a_real_trunk(
    tmp_path: Path, host: str, kept: list[str]
) -> None:
    config = configuration.load(written(tmp_path, host), {})

    async def accounts() -> Accounts:
        copied = LineAccount("0222969569", "c1", "Camille", "demo-sip-Avocet-57")
        return Accounts([copied, LineAccount("0222969570", "c1", "Paul", "one-of-my-own")])

    found = await public_passwords.only_own(accounts, config)()
    assert [line.number for line in found.lines] == kept
    assert {"0222969569"} - set(kept) == {other.number for other in found.others}, "it stays a number of ours"


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1"])
def test_what_asterisk_had_of_an_earlier_time_is_taken_from_it(tmp_path: Path, host: str) -> None:
    config = configuration.load(written(tmp_path, host), {})
    etc = Layout(config.runtime_dir).asterisk_etc
    etc.mkdir(parents=True)
    write_private(
        etc / "lines.conf", render_lines([LineAccount("0299", "c1", "Camille", "demo-sip-Kestrel-57")])
    )
    assert public_passwords.in_asterisk(config) == ["0299"], "by its password, whatever its number"
    public_passwords.take_from_asterisk(config)
    assert (public_passwords.in_asterisk(config) == []) is (host == "192.0.2.1")
