"""Log-in, its limits, the token and the cookie."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.auth import COOKIE, DEVICE_COOKIE, LIFETIME, Asker, Gate
from callcontrol.portal_bridge.auth import log_in as admit
from callcontrol.portal_bridge.guessing import (
    TRIES_HERE,
    TRIES_OF_ADDRESS,
    TRIES_OF_STRANGERS,
    WINDOW,
)
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.services import Repositories
from callcontrol.portal_bridge.turns import LogInTurns
from callcontrol.security_event import source
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, PASSWORD, PAUL, Answer, World

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


async def test_a_password_that_everybody_knows_opens_nothing(with_password: World) -> None:
    """Beside a real trunk (``runtime.public_passwords.refused_secrets``), whatever its hash shows."""
    services = with_password.services
    asker = Asker("192.0.2.7", "", "", "fr")

    def gate(*refused: str) -> Gate:
        known = replace(services, refused_secrets=frozenset(refused))
        return Gate(known, Repositories.on(services.pool, services.clock), LogInTurns())

    assert await admit(gate("another"), asker, number=CAMILLE, password=PASSWORD)
    with pytest.raises(Problem) as refusal:
        await admit(gate(PASSWORD), asker, number=CAMILLE, password=PASSWORD)
    assert refusal.value.kind == "wrong-login"


async def test_a_wrong_password_and_an_unknown_line_answer_the_same(with_password: World) -> None:
    wrong = await log_in(with_password, CAMILLE, "not it")
    unknown = await log_in(with_password, "0299999999")
    nonsense = await log_in(with_password, "nobody")
    assert wrong.status == unknown.status == nonsense.status == 401
    assert wrong.json == unknown.json == nonsense.json


OWN = "192.0.2.7"
GUESSER = "203.0.113.9"


def at(address: str) -> dict[str, str]:
    """Asked from this address, by way of a proxy on this machine."""
    return {"X-Forwarded-For": f"1.2.3.4, {address}"}


async def guess(world: World, number: str, times: int, address: str = GUESSER) -> list[int]:
    """Wrong tries from a browser that nobody knows; what came of each."""
    world.client.session.cookie_jar.clear()
    return [(await log_in(world, number, "wrong", **at(address))).status for _ in range(times)]


@pytest.mark.parametrize("number", [CAMILLE, "0299999999", "nobody"], ids=["a line", "no line", "no number"])
async def test_the_sixth_try_from_one_place_is_told_to_wait(with_password: World, number: str) -> None:
    assert await guess(with_password, number, TRIES_HERE) == [401] * TRIES_HERE
    with_password.services.clock.fix(NOW + timedelta(minutes=5))
    limited = await log_in(with_password, number, **at(GUESSER), **{"Accept-Language": "en"})
    assert limited.status == 429
    assert limited.headers["Retry-After"] == str(10 * 60)
    assert limited.json["detail"] == "Too many tries: try again in 10 min."
    with_password.services.clock.fix(NOW + WINDOW + timedelta(seconds=1))
    assert (await log_in(with_password, CAMILLE, **at(GUESSER))).status == 201


async def test_another_spelling_of_the_number_is_no_further_try(with_password: World) -> None:
    await guess(with_password, CAMILLE, TRIES_HERE)
    assert await guess(with_password, "+33 2 22 96 95 69", 1) == [429]
    assert await guess(with_password, PAUL, 1) == [401]


async def test_nobody_locks_an_owner_out(with_password: World) -> None:
    """Neither whom its browser knows at a new address, nor who comes from an address of before in a new browser, nor
    who comes from somewhere new altogether, while one address guesses."""
    world = with_password
    assert (await log_in(world, CAMILLE, **at(OWN))).status == 201
    browser = [(each.key, each.value) for each in world.client.session.cookie_jar]
    for address in (GUESSER, "203.0.113.10", OWN):
        assert 429 in await guess(world, CAMILLE, TRIES_HERE + 1, address)
    cookie = "; ".join(f"{name}={value}" for name, value in browser)
    assert DEVICE_COOKIE in cookie
    for address in (OWN, "198.51.100.1"):
        answer = await log_in(world, CAMILLE, Cookie=cookie, **at(address))
        assert answer.status == 201, "its own browser, even beside the guesser"
        world.client.session.cookie_jar.clear()
    assert (await log_in(world, CAMILLE, **at("198.51.100.2"))).status == 201


async def test_its_own_address_is_not_starved_by_strangers_everywhere(with_password: World) -> None:
    world = with_password
    assert (await log_in(world, CAMILLE, **at(OWN))).status == 201
    for number in range(TRIES_OF_STRANGERS):
        await fail(world, CAMILLE, f"198.51.{number // 250}.{number % 250}")
    world.client.session.cookie_jar.clear()
    assert (await log_in(world, CAMILLE, **at("203.0.113.77"))).status == 429, "a botnet is stopped"
    assert (await log_in(world, CAMILLE, **at(OWN))).status == 201


async def fail(world: World, login: str, address: str) -> None:
    place = await world.repositories.log_ins.place("", source(address), "")
    await world.repositories.log_ins.attempt(login, place, NOW, NOW - WINDOW, 1, lambda _: True)


async def test_a_guessed_cookie_opens_nothing_and_counts_for_nothing(with_password: World) -> None:
    await guess(with_password, CAMILLE, TRIES_HERE)
    for cookie in ("", "x", "é" * 40, "a" * 5000):
        forged = await log_in(with_password, CAMILLE, Cookie=f"{DEVICE_COOKIE}={cookie}", **at(GUESSER))
        assert forged.status == 429
    planted = await log_in(with_password, PAUL, Cookie=f"{DEVICE_COOKIE}=planted", **at(OWN))
    assert "planted" not in planted.headers["Set-Cookie"]
    kept = planted.headers["Set-Cookie"].partition(";")[0]
    assert "HttpOnly" in planted.headers["Set-Cookie"]
    assert (await with_password.ask("GET", "calls", line=None, headers={"Cookie": kept})).status == 401


async def test_its_own_browser_has_five_tries_too(with_password: World) -> None:
    await log_in(with_password, CAMILLE, **at(OWN))
    statuses = [
        (await log_in(with_password, CAMILLE, "wrong", **at(OWN))).status for _ in range(TRIES_HERE + 1)
    ]
    assert statuses == [401] * TRIES_HERE + [429]
    with_password.services.clock.fix(NOW + WINDOW + timedelta(seconds=1))
    for _ in range(2):  # a success begins the count anew
        assert (await log_in(with_password, CAMILLE, "wrong", **at(OWN))).status == 401
        assert (await log_in(with_password, CAMILLE, **at(OWN))).status == 201


async def test_tries_sent_together_do_not_overtake_the_limit(with_password: World) -> None:
    answers = await asyncio.gather(
        *(log_in(with_password, CAMILLE, "wrong", **at(GUESSER)) for _ in range(30))
    )
    assert sum(answer.status == 401 for answer in answers) <= TRIES_HERE
    assert {answer.status for answer in answers} <= {401, 429}


@pytest.mark.parametrize(
    ("addresses", "beside"),
    [([GUESSER], "203.0.113.10"), ([f"2001:db8:1:2::{n:x}" for n in range(1, 30)], "2001:db8:1:3::1"),
     (["::ffff:203.0.113.9", GUESSER], "203.0.113.10")],
    ids=["one address", "all of one /64", "one address in two spellings"],
)  # fmt: skip
async def test_one_address_cannot_try_every_line(
    with_password: World, addresses: list[str], beside: str
) -> None:
    statuses = []
    for index in range(TRIES_OF_ADDRESS + 1):
        statuses += await guess(with_password, f"02{index:08}", 1, addresses[index % len(addresses)])
    assert statuses == [401] * TRIES_OF_ADDRESS + [429]
    assert (await log_in(with_password, CAMILLE, **at(beside))).status == 201


async def test_a_whole_company_behind_a_guesser_still_logs_in(with_password: World) -> None:
    for line in (CAMILLE, PAUL):
        assert (await log_in(with_password, line, **at(OWN))).status == 201
    for index in range(TRIES_OF_ADDRESS):
        await guess(with_password, f"02{index:08}", 1, OWN)
    assert await guess(with_password, ADMINISTRATOR, 1, OWN) == [429]
    for line in (CAMILLE, PAUL):
        with_password.client.session.cookie_jar.clear()
        assert (await log_in(with_password, line, **at(OWN))).status == 201


async def test_only_the_last_address_of_a_proxy_is_believed(with_password: World) -> None:
    await guess(with_password, CAMILLE, TRIES_HERE)
    spoofed = {"X-Forwarded-For": f"{OWN}, {GUESSER}"}
    assert (await log_in(with_password, CAMILLE, "wrong", **spoofed)).status == 429


async def test_a_flood_from_one_address_takes_nobody_elses_turn(with_password: World) -> None:
    world = with_password
    assert (await log_in(world, PAUL, **at(OWN))).status == 201
    world.client.session.cookie_jar.clear()
    flood = [asyncio.create_task(log_in(world, f"02{n:08}", "wrong", **at(GUESSER))) for n in range(200)]
    await asyncio.sleep(0)
    others = [log_in(world, CAMILLE, **at("198.51.100.3")), log_in(world, PAUL, **at(OWN))]
    assert [answer.status for answer in await asyncio.gather(*others)] == [201, 201]
    assert {answer.status for answer in await asyncio.gather(*flood)} <= {401, 429}


async def test_no_answer_tells_by_its_time_which_lines_exist(with_password: World) -> None:
    """The quickest of tries that take turns: what else the machine does only adds to it, so it may take some more."""
    world, numbers = with_password, (CAMILLE, "0299999999", ADMINISTRATOR)
    quickest = dict.fromkeys(numbers, float("inf"))
    for index in range(100):
        for number in numbers:
            began = time.perf_counter()
            answer = await log_in(world, number, "wrong", **at(f"198.51.100.{index}"))
            quickest[number] = min(quickest[number], time.perf_counter() - began)
            assert answer.status == 401
        apart = max(quickest.values()) - min(quickest.values())
        if index >= 12 and apart < 0.010:
            return
    raise AssertionError(f"{apart * 1000:.1f} ms apart: {quickest}")


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


async def test_guessing_rings_the_alarm_for_the_lines_company(with_password: World) -> None:
    bell = with_password.services.alarms
    await guess(with_password, CAMILLE, TRIES_HERE)
    assert bell.counts == {}
    await guess(with_password, CAMILLE, TRIES_HERE, "203.0.113.10")
    assert bell.counts == {"wrong_log_ins": 1}
    metrics = (await with_password.ask("GET", "/metrics", line=None)).raw.decode()
    assert 'callcontrol_alarms{kind="wrong_log_ins"} 1.0' in metrics
