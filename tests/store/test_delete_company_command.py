"""``callcontrol provision --delete-company`` on a real database: the company goes, others stay, and it says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callcontrol import cli
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.commands import delete_company
from callcontrol.config.load import load
from callcontrol.provisioning.parse import parse
from callcontrol.store.companies import Companies
from callcontrol.store.lines import Lines
from callcontrol.store.pool import Pool
from tests.store.test_store_companies import NOW, WHOLE

OTHER = """
company: {name: Other, main_caller_id: "0333333330"}
lines: [{number: "0333333333", name: Three, sip_password: secret-of-three-3}]
"""


@pytest.fixture
async def companies(pool: Pool) -> Companies:
    made = Companies(pool)
    for text in (WHOLE, OTHER):
        await made.apply(parse(text), ChangedBy("test", Where.PROVISION, NOW))
    return made


async def test_it_goes_with_its_lines_and_the_other_stays(
    companies: Companies, pool: Pool, url: str, tmp_path: Path
) -> None:
    config = load(None, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path), "CALLCONTROL_DATABASE_URL": url})
    said: list[str] = []
    assert await asyncio.to_thread(delete_company.run, "Demo", config, said.append) == 0
    assert said == ["Demo: deleted (lines: 2, groups: 1, messages: 0)."]
    (left,), *_ = await Lines(pool).accounts()
    assert (left.number, left.main_caller_id) == ("0333333333", "+33333333330")


async def test_an_unknown_name_is_one_sentence_and_changes_nothing(
    companies: Companies,
    pool: Pool,
    url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CALLCONTROL_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("CALLCONTROL_DATABASE_URL", url)
    assert await asyncio.to_thread(cli.main, ["provision", "--delete-company", "demo"]) == 1
    assert capsys.readouterr().err == (
        "callcontrol: there is no company named demo; companies are: Demo, Other.\n"
    )
    assert len((await Lines(pool).accounts())[0]) == 3
