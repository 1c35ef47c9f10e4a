"""``account``: password, PIN, security e-mail and sessions, refused in the words of the pages."""

from __future__ import annotations

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.guessing import TRIES_HERE
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, PASSWORD, World

NEW = "Heron&moulin-58"


@pytest.fixture
async def owned(world: World) -> World:
    by, lines = ChangedBy("test", Where.PROVISION, NOW), world.repositories.lines
    await lines.set_portal_password(CAMILLE, await hashed(PASSWORD), by)
    await lines.set_pin(CAMILLE, await hashed("731946"), by)
    return world


async def test_the_account_is_shown(owned: World) -> None:
    assert (await owned.ask("GET", "account")).json == (await owned.ask("GET", "/api/v1/me")).json


async def test_every_mistake_is_told_at_its_field_and_nothing_is_changed(owned: World) -> None:
    answer = await owned.ask("PUT", "account/password", {"current": "not it", "new": "9569"})
    assert answer.status == 422
    assert answer.fields["current"] == "Ce n’est pas votre mot de passe actuel."
    assert "Le mot de passe a de 12 à 20 caractères." in answer.fields["new"]
    assert "Pas votre numéro de téléphone" in answer.fields["new"]
    answer = await owned.ask("PUT", "account/pin", {"current": "731947", "new": "111111"})
    assert set(answer.fields) == {"current", "new"}
    answer = await owned.ask("PUT", "account/pin", {"new": "846173"})
    assert answer.fields == {"password": "Ce n’est pas votre mot de passe actuel."}
    answer = await owned.ask("PUT", "account/security-email", {"address": "a@b"})
    assert answer.fields == {"address": "Cette adresse e-mail n’est pas valable."}
    assert (await owned.ask("PUT", "account/password", {"current": PASSWORD, "new": NEW})).status == 204


async def test_guesses_count_with_those_of_log_ins(owned: World) -> None:
    wrong = {"current": "not it", "new": NEW}
    statuses = [(await owned.ask("PUT", "account/password", wrong)).status for _ in range(TRIES_HERE + 1)]
    assert statuses == [422] * TRIES_HERE + [429]
    credentials = {"number": CAMILLE, "password": PASSWORD}
    assert (await owned.ask("POST", "/api/v1/sessions", credentials, line=None)).status == 429


async def test_an_administrator_has_no_part_in_anothers_log_in(owned: World) -> None:
    for path in ("password", "pin", "security-email"):
        answer = await owned.ask("PUT", f"/api/v1/lines/{CAMILLE}/account/{path}", {}, line=ADMINISTRATOR)
        assert answer.status == 403
