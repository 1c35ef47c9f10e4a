"""Log-in, its limits, the token and the cookie."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.auth import COOKIE, LIFETIME, TRIES_OF_ADDRESS, TRIES_OF_LINE, WINDOW
from tests.web.world import CAMILLE, NOW, PASSWORD, PAUL, Answer, World

SESSIONS = "/api/v1/sessions"


@pytest.fixture
async def with_password(world: World) -> World:
    digest = await hashed(PASSWORD)
    for line in (CAMILLE, PAUL):
        await world.repositories.lines.set_portal_password(
            line, digest, ChangedBy("test", Where.PROVISION, NOW)
        )
    return world


async def log_in(world: World, number: str, password: str = PASSWORD, **headers: str) -> Answer:
    return await world.ask(
        "POST", SESSIONS, {"number": number, "password": password}, line=None, headers=headers
    )


@pytest.mark.parametrize("number", [CAMILLE, "+33222969569", "0033 2 22 96 95 69", " 02.22.96.95.69 "])
async def test_any_spelling_of_the_number_logs_in(with_password: World, number: str) -> None:
    answer = await log_in(with_password, number)
    assert answer.status == 201
    assert datetime.fromisoformat(answer.json["expires_at"]) == NOW + LIFETIME
    me = await with_password.ask(
        "GET", "/api/v1/me", line=None, headers={"Authorization": f"Bearer {answer.json['token']}"}
    )
    assert me.json["number"] == CAMILLE


async def test_a_wrong_password_and_an_unknown_line_answer_the_same(with_password: World) -> None:
    wrong = await log_in(with_password, CAMILLE, "not it")
    unknown = await log_in(with_password, "0299999999")
    nonsense = await log_in(with_password, "nobody")
    assert wrong.status == unknown.status == nonsense.status == 401
    assert wrong.json == unknown.json == nonsense.json


async def test_the_eleventh_try_of_a_line_is_told_to_wait(with_password: World) -> None:
    for _ in range(TRIES_OF_LINE):
        assert (await log_in(with_password, CAMILLE, "wrong")).status == 401
    limited = await log_in(with_password, "+33 2 22 96 95 69")  # right, but another spelling does not help
    assert limited.status == 429
    assert limited.headers["Retry-After"] == str(int(WINDOW.total_seconds()))
    assert (await log_in(with_password, PAUL)).status == 201
    with_password.services.clock.fix(NOW + WINDOW + timedelta(seconds=1))
    assert (await log_in(with_password, CAMILLE)).status == 201


async def test_tries_sent_together_do_not_overtake_the_limit(with_password: World) -> None:
    answers = await asyncio.gather(*(log_in(with_password, CAMILLE, "wrong") for _ in range(30)))
    assert sum(answer.status == 401 for answer in answers) <= TRIES_OF_LINE + 1


async def test_an_unknown_line_is_limited_like_a_known_one(with_password: World) -> None:
    for _ in range(TRIES_OF_LINE):
        assert (await log_in(with_password, "0299999999", "wrong")).status == 401
    assert (await log_in(with_password, "02 99 99 99 99", "wrong")).status == 429


async def test_one_address_cannot_try_every_line(with_password: World) -> None:
    sessions = with_password.repositories.sessions
    for index in range(TRIES_OF_ADDRESS):
        await sessions.note_attempt(f"02{index:08}", "203.0.113.9", NOW, succeeded=False)
    assert (await log_in(with_password, CAMILLE, **{"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})).status == 429
    assert (await log_in(with_password, CAMILLE, **{"X-Forwarded-For": "203.0.113.9, 1.2.3.4"})).status == 201


async def test_a_line_without_a_password_cannot_log_in(world: World) -> None:
    assert (await log_in(world, CAMILLE, "")).status == 401


async def test_a_token_ends_with_the_log_out(with_password: World) -> None:
    token = (await log_in(with_password, CAMILLE)).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await with_password.ask("DELETE", f"{SESSIONS}/current", headers=bearer)).status == 204
    assert (await with_password.ask("GET", "calls", headers=bearer)).status == 401


async def test_a_token_is_good_no_longer_than_it_says(world: World) -> None:
    await world.token(CAMILLE)
    world.services.clock.fix(NOW + timedelta(days=1))
    assert (await world.ask("GET", "calls")).status == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "bearer  x", "Bearer " + "a" * 5000, "Bearer \u00e9"]
)
async def test_a_bad_authorization_is_nobody(world: World, header: str) -> None:
    answer = await world.ask("GET", "/api/v1/me", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_the_cookie_reads_but_changes_only_from_our_own_pages(world: World) -> None:
    cookie = {"Cookie": f"{COOKIE}={await world.token(CAMILLE)}"}
    assert (await world.ask("GET", "call-settings", headers=cookie)).status == 200

    async def change(**headers: str) -> int:
        return (
            await world.ask("PATCH", "call-settings", {"hide_number": True}, headers={**cookie, **headers})
        ).status

    assert await change() == 403
    assert await change(Origin="https://evil.example") == 403
    assert await change(Origin="null") == 403
    assert await change(Origin=f"http://{world.client.host}:{world.client.port}") == 200
    assert await change(**{"X-Requested-With": "portal"}) == 200
