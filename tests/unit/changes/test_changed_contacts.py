"""Changing contacts, their groups and saved numbers: the same checks for everybody; in force at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from pydantic import ValidationError

from callcontrol.changes import contact_groups, contacts, forward_numbers
from callcontrol.changes.forms import ContactGroupIn, ContactIn, ForwardNumberIn
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import Duplicate, NotFound, NotInForce, SettingsInvalid
from tests.unit.changes.desk import BY, LINE, Desk
from tests.unit.routing.world import A

CARD = ContactIn.model_validate({"last_name": "Martin", "numbers": [{"number": "06 12 34 56 78"}]})


async def test_contacts_and_their_groups_are_known_to_the_calls_at_once(desk: Desk) -> None:
    card = await contacts.add(desk.services, LINE, CARD, language="fr", by=BY)
    assert desk.directory.contacts(A).name_of("+33612345678") == "Martin"
    form = ContactGroupIn(name="Famille", contacts=[card.id], groups=[])
    group = await contact_groups.add(desk.services, LINE, form, language="fr", by=BY)
    listed = {"selective_reject": {"enabled": True, "callers": {"contact_groups": [group.id]}}}
    await desk.patch("call-manager", listed)
    renamed = ContactIn.model_validate({"last_name": "Durand", "numbers": [{"number": "0698765432"}]})
    await contacts.replace(desk.services, LINE, card.id, renamed, language="fr", by=BY)
    assert desk.directory.contacts(A).group_numbers(group.id) == {"+33698765432"}
    await contacts.remove(desk.services, LINE, card.id, by=BY)
    assert desk.directory.contacts(A).group_numbers(group.id) == frozenset()
    await contact_groups.remove(desk.services, LINE, group.id, by=BY)
    assert group.id not in desk.directory.contacts(A).groups
    assert {by for _, _, by in desk.audited.entries} == {BY}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", {
            "numbers.0.number": "Ce numéro n’est pas valable.",
            "sms": "Ce numéro n’est pas valable.",
            "primary_number": "Le numéro principal est l’un des numéros du contact.",
            "primary_email": "L’adresse principale est l’une des adresses du contact.",
        }),
        ("en", {
            "numbers.0.number": "This is not a valid number.",
            "sms": "This is not a valid number.",
            "primary_number": "The primary number is one of the contact's numbers.",
            "primary_email": "The primary address is one of the contact's addresses.",
        }),
    ],
)  # fmt: skip
async def test_every_mistake_of_a_contact_is_told_at_once(
    desk: Desk, language: str, expected: dict[str, str]
) -> None:
    raw = {"last_name": "X", "numbers": [{"number": "x"}], "sms": "y", "primary_number": "z",
           "primary_email": "a@example.net"}  # fmt: skip
    with pytest.raises(SettingsInvalid) as refused:
        await contacts.add(desk.services, LINE, ContactIn.model_validate(raw), language=language, by=BY)
    assert {each.where: each.text for each in refused.value.mistakes} == expected
    assert desk.contacts.cards == {}


def test_a_contact_without_any_name_is_none() -> None:
    with pytest.raises(ValidationError, match="name_missing"):
        ContactIn.model_validate({"sms": "0612345678"})


async def test_a_group_names_only_what_is_there_once_and_never_itself(desk: Desk) -> None:
    async def add(name: str, **members: list[str]) -> str:
        form = ContactGroupIn.model_validate({"name": name, **members})
        return (await contact_groups.add(desk.services, LINE, form, language="fr", by=BY)).id

    with pytest.raises(SettingsInvalid) as refused:
        await add("X", contacts=["nobody"], groups=["nothing"])
    assert [each.where for each in refused.value.mistakes] == ["contacts.0", "groups.0"]
    inner = await add("Famille")
    outer = await add("Tous", groups=[inner])
    with pytest.raises(Duplicate) as refused:
        await add("Tous")
    assert [(each.where, each.text) for each in refused.value.mistakes] == [("name", "Ce nom est déjà pris.")]
    circle = ContactGroupIn.model_validate({"name": "Famille", "groups": [outer]})
    with pytest.raises(SettingsInvalid) as refused:
        await contact_groups.replace(desk.services, LINE, inner, circle, language="fr", by=BY)
    assert [each.where for each in refused.value.mistakes] == ["groups"]


async def test_a_saved_number_is_one_that_the_line_may_forward_to_and_saved_once(desk: Desk) -> None:
    async def save(number: str) -> str:
        form = ForwardNumberIn(number=number, name="Mobile")
        return (await forward_numbers.add(desk.services, LINE, form, language="en", by=BY)).id

    saved = await save("06 12 34 56 78")
    with pytest.raises(Duplicate, match="This number is saved already"):
        await save("+33612345678")
    with pytest.raises(SettingsInvalid, match="emergency"):
        await save("112")
    same = ForwardNumberIn(number="+33612345678", name="Portable")
    await forward_numbers.replace(desk.services, LINE, saved, same, language="en", by=BY)
    assert [one.name for one in await desk.numbers.all(A)] == ["Portable"]
    await forward_numbers.remove(desk.services, LINE, saved, by=BY)
    assert await desk.numbers.all(A) == []


MISSING: dict[str, Callable[[ChangeServices], Awaitable[object]]] = {
    "replacing a contact": lambda services: contacts.replace(services, LINE, "x", CARD, language="fr", by=BY),
    "removing a contact": lambda services: contacts.remove(services, LINE, "x", by=BY),
    "replacing a group": lambda services: contact_groups.replace(
        services, LINE, "x", ContactGroupIn(name="X", contacts=[], groups=[]), language="fr", by=BY
    ),
    "removing a group": lambda services: contact_groups.remove(services, LINE, "x", by=BY),
    "replacing a saved number": lambda services: forward_numbers.replace(
        services, LINE, "x", ForwardNumberIn(number="0612345678", name="X"), language="fr", by=BY
    ),
    "removing a saved number": lambda services: forward_numbers.remove(services, LINE, "x", by=BY),
}


@pytest.mark.parametrize("what", MISSING)
async def test_what_is_not_there_is_not_changed(desk: Desk, what: str) -> None:
    with pytest.raises(NotFound):
        await MISSING[what](desk.services)
    assert desk.audited.entries == []


async def test_a_contact_that_is_kept_but_not_known_to_the_calls_yet_is_told_as_that(desk: Desk) -> None:
    desk.calls.away = True
    with pytest.raises(NotInForce):
        await contacts.add(desk.services, LINE, CARD, language="fr", by=BY)
    assert len(desk.contacts.cards) == 1
