"""``callcontrol provision FILE`` on a real database: exit code, words, and nothing changed by any wrong file."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from callcontrol.commands import provision
from callcontrol.config import load as configuration
from callcontrol.config.load import Config, TrunkConfig
from callcontrol.passwords import hashed, verified
from callcontrol.pins import is_good_sip_password
from callcontrol.runtime import public_passwords
from callcontrol.runtime.public_passwords import PublicPasswords
from callcontrol.store.lines import Lines
from callcontrol.store.pool import Pool, borrowed
from tests.postgres import Server
from tests.store.test_store_companies import everything

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo" / "company.yaml"
CORPUS = sorted((ROOT / "tests" / "unit" / "provisioning" / "corpus").iterdir())


@pytest.fixture
def config(url: str, tmp_path: Path) -> Config:
    environ = {"CALLCONTROL_RUNTIME_DIR": str(tmp_path), "CALLCONTROL_DATABASE_URL": url}
    return configuration.load(None, environ)


async def run(config: Config, path: Path, *, delete_missing: bool = False) -> tuple[int, list[str]]:
    said: list[str] = []
    code = await asyncio.to_thread(provision.run, path, config, said.append, delete_missing=delete_missing)
    return code, said


async def test_the_demo_company_is_applied_and_the_second_time_nothing_changes(
    config: Config, pool: Pool
) -> None:
    code, said = await run(config, DEMO)
    assert code == 0
    assert said[0] == "Démo: now as the file says (4 lines)."
    assert "0222969569" in said[1]
    before = await everything(pool)
    code, said = await run(config, DEMO)
    assert (code, said) == (0, ["Démo: nothing to change, 4 lines are as the file says.", provision.GROUPS])
    assert await everything(pool) == before


async def test_no_wrong_file_changes_anything(config: Config, pool: Pool) -> None:
    await run(config, DEMO)
    before = await everything(pool)
    for path in CORPUS:
        code, said = await run(config, path, delete_missing=True)
        assert code == 1, path.name
        assert said[-1] == f"{path}: nothing was changed."
        assert said[0].startswith(f"{path}, line "), path.name
    assert await everything(pool) == before


async def test_a_line_left_out_is_named_and_kept_until_it_is_to_be_deleted(
    config: Config, tmp_path: Path
) -> None:
    await run(config, DEMO)
    path = tmp_path / "less.yaml"
    text = DEMO.read_text(encoding="utf-8")
    begin, end = text.index('  - number: "0222969572"'), text.index("short_codes:")
    path.write_text((text[:begin] + text[end:]).replace(', "4005"', ""), encoding="utf-8")
    code, said = await run(config, path)
    assert code == 0
    assert said[1] == "  not in the file, kept (delete with --delete-missing): 0222969572"
    code, said = await run(config, path, delete_missing=True)
    assert said[1] == "  deleted: 0222969572"


async def test_a_file_that_cannot_be_read_and_a_database_that_is_away_are_told(
    config: Config, tmp_path: Path, server: Server
) -> None:
    code, said = await run(config, tmp_path / "nothing.yaml")
    assert (code, said) == (1, [f"{tmp_path / 'nothing.yaml'}: cannot be read (No such file or directory)."])
    code, said = await run(config, tmp_path)
    assert code == 1
    away = dataclasses.replace(
        config, database=dataclasses.replace(config.database, url=f"{server.url('nowhere')}&port=1")
    )
    code, said = await run(away, DEMO)
    assert code == 1
    assert "nothing was changed: the database does not answer" in said[0]


async def test_a_sip_password_that_the_file_does_not_give_is_made_told_once_and_kept(
    config: Config, pool: Pool, tmp_path: Path
) -> None:
    path = tmp_path / "company.yaml"
    head = "company: {name: A, language: en}\nlines:\n"
    line, fax = (
        "  - {number: '0222969569', name: One}\n",
        "  - {number: '0222969570', name: Fax, licence: fax}\n",
    )
    path.write_text(head + line + fax, encoding="utf-8")
    code, said = await run(config, path)
    assert (code, said[-2]) == (0, "  SIP passwords that were made, shown this once:")
    number, password = said[-1].split()
    assert (number, len(password)) == ("0222969569", 24)
    assert is_good_sip_password(password, [number])
    accounts, _, others = await Lines(pool).accounts()
    assert [(each.number, each.sip_password) for each in accounts] == [(number, password)]
    assert [(each.number, each.messages) for each in others] == [("0222969570", False)]
    assert await run(config, path) == (0, ["A: nothing to change, 2 lines are as the file says."])
    path.write_text(head + line.replace("One", "Uno") + fax, encoding="utf-8")
    _, again = await run(config, path)
    assert not any("shown this once" in sentence for sentence in again)
    accounts, _, _ = await Lines(pool).accounts()
    assert accounts[0].sip_password == password


def beside_a_real_trunk(config: Config) -> Config:
    return dataclasses.replace(config, trunks=(TrunkConfig("op", "192.0.2.1", 5060, ("192.0.2.1",)),))


@pytest.mark.parametrize("secret", ['portal_password: "%s"', 'pin: "%s"'], ids=["portal password", "PIN"])
async def test_a_public_secret_beside_a_real_trunk_is_refused_whatever_the_number(
    config: Config, pool: Pool, tmp_path: Path, secret: str
) -> None:
    password, pin = public_passwords.demo_secrets()["0222969569"]
    path = tmp_path / "company.yaml"
    line = secret % (pin if "pin" in secret else password)
    path.write_text(
        f"company: {{name: A}}\nlines:\n  - {{number: '0145678901', name: One, {line}}}\n", "utf-8"
    )
    before = await everything(pool)
    code, said = await run(beside_a_real_trunk(config), path)
    assert code == 1
    assert "lines 0145678901 have passwords or PINs of the demo, which are public" in said[0]
    assert await everything(pool) == before
    assert (await run(config, path))[0] == 0  # with no way out it may be tried


@pytest.mark.parametrize("secret", ["portal_password", "pin"])
async def test_a_public_secret_is_found_at_a_start_beside_a_real_trunk_whatever_the_number(
    config: Config, pool: Pool, tmp_path: Path, secret: str
) -> None:
    """Provisioned while no trunk led outside: a copy of the demo's file with other numbers and SIP passwords."""
    password, pin = public_passwords.demo_secrets()["0222969570"]
    given = {"portal_password": password, "pin": pin}[secret]
    path = tmp_path / "company.yaml"
    text = "company: {{name: A}}\nlines:\n  - {{number: '0145678901', name: One, {0}: '{1}'}}\n"
    text += "  - {{number: '0145678902', name: Two}}\n"
    path.write_text(text.format(secret, given), "utf-8")
    assert (await run(config, path))[0] == 0
    real = beside_a_real_trunk(config)
    assert (
        given in public_passwords.refused_secrets(config),
        given in public_passwords.refused_secrets(real),
    ) == (
        False,
        True,
    )
    with pytest.raises(PublicPasswords, match=r"lines 0145678901 have"):
        await public_passwords.refuse_in_database(real)
    hashes = await Lines(pool).secrets("0145678901")
    assert await verified(getattr(hashes, f"{secret}_hash"), str(given)), "it is the secret all the same"
    path.write_text(
        text.format(secret, "Kestrel-mole-97?c" if secret == "portal_password" else "572938"), "utf-8"
    )
    assert (await run(real, path))[0] == 0
    await public_passwords.refuse_in_database(real)


async def test_a_system_with_the_demos_portal_passwords_or_pins_does_not_start_beside_a_real_trunk(
    config: Config, pool: Pool
) -> None:
    await run(config, DEMO)
    real = beside_a_real_trunk(config)
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE credentials SET sip_password = 'one-of-my-own-7' || line")
    with pytest.raises(PublicPasswords, match=r"0222969500.*public passwords or PINs beside trunk op"):
        await public_passwords.refuse_in_database(real)
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE credentials SET portal_password_hash = $1", await hashed("another"))
    with pytest.raises(PublicPasswords, match="0222969500"):  # its PIN
        await public_passwords.refuse_in_database(real)
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE credentials SET pin_hash = NULL")
    await public_passwords.refuse_in_database(real)
