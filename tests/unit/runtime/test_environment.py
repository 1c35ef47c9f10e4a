"""Environment variables: one whose name is wrong is refused with the right one, as a key of the file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.config.load import ConfigError, load


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CALLCONTROL_SIP_PROT", "did you mean CALLCONTROL_SIP_PORT?"),
        ("CALLCONTROL_DATABSE_URL", "did you mean CALLCONTROL_DATABASE_URL?"),
        ("CALLCONTROL_SIPPORT", "did you mean CALLCONTROL_SIP_PORT?"),
        ("CALLCONTROL_WEB_PORTS", "did you mean CALLCONTROL_WEB_PORT?"),
        ("CALLCONTROL_CONFIGURATION_FILE_NAME_OF_MINE", "docs/operations.md lists them."),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_right_name(name: str, meant: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(None, {name: "x"}, make_secrets=False)
    assert str(refused.value) == f"The environment variable {name} is no setting; {meant}"


def test_all_of_them_are_named_and_others_variables_are_not_ours() -> None:
    with pytest.raises(ConfigError) as refused:
        load(None, {"CALLCONTROL_A": "x", "CALLCONTROL_B": "y", "CALL_CONTROL": "z"}, make_secrets=False)
    assert [name in str(refused.value) for name in ("CALLCONTROL_A ", "CALLCONTROL_B ", "CALL_CONTROL ")] == [
        True,
        True,
        False,
    ]
    load(None, {"CALLCONTROL_A": "", "CALLCONTROLLER": "x", "PATH": "/bin"}, make_secrets=False)


def test_the_demos_outside_is_where_the_variable_says_and_no_other_trunk_is(tmp_path: Path) -> None:
    file = tmp_path / "callcontrol.yaml"
    file.write_text("trunks: [{name: demo-trunk, host: 127.0.0.1, port: 5090}, {name: op, host: 127.0.0.1}]")
    config = load(file, {"CALLCONTROL_DEMO_OUTSIDE_PORT": "5190"}, make_secrets=False)
    assert [trunk.port for trunk in config.trunks] == [5190, 5060]
    assert [trunk.port for trunk in load(file, {}, make_secrets=False).trunks] == [5090, 5060]
