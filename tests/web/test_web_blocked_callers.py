"""``blocked-callers``: a caller whom the history shows is refused, and no longer; the list is the call manager's."""

from __future__ import annotations

import pytest

from tests.web.world import ADVANCED, FAX_LINE, PAUL, World


async def rejected(world: World) -> dict[str, object]:
    found: dict[str, object] = (await world.ask("GET", "call-manager")).json["selective_reject"]
    return found


async def test_a_caller_is_blocked_once_beside_what_was_listed_before(world: World) -> None:
    before = {
        "selective_reject": {"enabled": False, "callers": {"numbers": ["02 98*"], "extensions": ["4003"]}}
    }
    await world.ask("PATCH", "call-manager", before)
    for spelling in ("0612345678", "+33 6 12 34 56 78"):
        answer = await world.ask("POST", "blocked-callers", {"number": spelling})
        assert (answer.status, answer.json) == (201, {"callers": 3})
    found = await rejected(world)
    assert found["enabled"] is True
    assert found["callers"] == {
        "numbers": ["02 98*", "0612345678"],
        "contacts": [],
        "contact_groups": [],
        "extensions": ["4003"],
    }


async def test_a_colleague_who_is_listed_by_extension_is_taken_off_by_number(world: World) -> None:
    listed = {"selective_reject": {"enabled": True, "callers": {"extensions": ["4003", "4004"]}}}
    await world.ask("PATCH", "call-manager", listed)
    world.directory.put_document("0222969569", "call-manager", listed)
    assert (await world.ask("POST", "blocked-callers", {"number": PAUL})).json == {"callers": 2}
    assert (await world.ask("DELETE", f"blocked-callers?number={PAUL}")).status == 204
    assert (await rejected(world))["callers"]["extensions"] == ["4004"]  # type: ignore[index]
    assert (await world.ask("DELETE", f"blocked-callers?number={PAUL}")).status == 204


@pytest.mark.parametrize("number", ["", "x" * 41, "abc", "*72", "12345678901234567890"])
async def test_what_is_no_number_changes_nothing(world: World, number: str) -> None:
    answer = await world.ask("POST", "blocked-callers", {"number": number})
    assert answer.status == 422
    assert list(answer.fields) == ["number"]
    assert (await rejected(world))["enabled"] is False


@pytest.mark.parametrize("line", [ADVANCED, FAX_LINE])
async def test_a_line_without_such_a_list_is_told_so(world: World, line: str) -> None:
    answer = await world.ask("POST", "blocked-callers", {"number": "0612345678"}, line=line)
    assert answer.status == 409
    assert ("règles" if line == ADVANCED else "fax") in answer.json["detail"]
