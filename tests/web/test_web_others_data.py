"""Nobody reads or changes what is another's: every route, asked for by nobody, by a colleague, by an administrator who
may not, by the administrator of another company, and with ids of somebody else's things."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from callcontrol.portal_bridge.api.route import Mounted, Scope
from callcontrol.portal_bridge.api.table import table
from tests.hostile_size import tried
from tests.web.world import ADMINISTRATOR, CAMILLE, PAUL, STRANGER, World, leave

pytestmark = pytest.mark.hostile

ID = "019ab5c4-0000-7000-8000-00000000000f"
OPEN = frozenset(row.path for row in table(dev_clock=True) if row.route.scope is Scope.OPEN)
ROWS = [row for row in table(dev_clock=True) if row.route.scope is not Scope.OPEN]
FORGED = (
    "Bearer x",
    "Bearer " + "A" * 43,
    "Basic Y2FtaWxsZTp4",
    "bearer null",
    "Bearer ../../etc/passwd",
    "Bearer ' OR 1=1 --",
)
PRIVATE = ("Zoé Ailleurs", "+33222969570", "PAULS-SECRET")
"""What is the stranger's or Paul's, and must be in no answer here."""


def path_of(row: Mounted, line: str, identity: str = ID) -> str:
    return re.sub(r"\{[a-z_]+\}", identity, row.path.replace("{number}", line, 1))


def asked() -> Iterator[tuple[str, Mounted, str, str | None, frozenset[int]]]:
    """Way, row, line in the path, who asks, the statuses that refuse."""
    for row in ROWS:
        yield "nobody", row, PAUL, None, frozenset({401})
        if row.as_administrator:
            yield "a colleague", row, PAUL, CAMILLE, frozenset({403})
            yield "another company's administrator", row, STRANGER, ADMINISTRATOR, frozenset({404})
            yield "a number that is none", row, "' OR 1=1 --", ADMINISTRATOR, frozenset({404})
            if row.route.scope is Scope.OWN:
                yield "an administrator", row, PAUL, ADMINISTRATOR, frozenset({403})
        elif row.route.scope is Scope.ADMINISTRATOR:
            yield "a user", row, PAUL, CAMILLE, frozenset({403})


WAYS = sorted({way for way, *_ in asked()})


@pytest.mark.parametrize("way", WAYS)
async def test_no_route_gives_or_takes_what_is_anothers(world: World, way: str) -> None:
    count = 0
    for name, row, line, who, statuses in asked():
        if name != way:
            continue
        body: object = {} if row.route.method in ("POST", "PUT", "PATCH") else None
        answer = await world.ask(row.route.method, path_of(row, line), body, line=who)
        assert answer.status in statuses, (row.route.method, row.path, answer.status)
        assert not any(text.encode() in answer.raw for text in PRIVATE)
        count += 1
    tried("requests for others' data", count)
    assert count > 0


@pytest.mark.parametrize("token", FORGED)
async def test_no_route_takes_a_forged_token(world: World, token: str) -> None:
    for row in ROWS:
        answer = await world.ask(
            row.route.method, path_of(row, PAUL), line=None, headers={"Authorization": token}
        )
        assert answer.status == 401, (row.path, answer.status)
    tried("requests for others' data", len(ROWS))


async def test_the_ids_of_anothers_things_are_no_keys(world: World) -> None:
    """Whoever knows the id of Paul's message has nothing of it."""
    await leave(world, ID, line=PAUL)
    count = 0
    for row in ROWS:
        if row.as_administrator or "{" not in row.path or row.route.scope not in (Scope.OWN, Scope.LINE):
            continue
        body: object = {} if row.route.method in ("POST", "PUT", "PATCH") else None
        answer = await world.ask(row.route.method, path_of(row, PAUL), body)
        assert answer.status in (404, 415, 422, 400), (row.route.method, row.path, answer.status)
        assert not any(text.encode() in answer.raw for text in PRIVATE)
        count += 1
    tried("requests for others' data", count)
    assert (await world.ask("GET", "messages", line=PAUL)).json["items"][0]["id"] == ID, "it is still there"
