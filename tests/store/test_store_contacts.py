"""Contacts, nested groups and saved numbers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes.ports import ForwardNumber
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup
from callcontrol.errors import GroupCircle, NameTaken, NotFound
from callcontrol.store.audit import AuditTrail
from callcontrol.store.contacts import Contacts, read_books
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.pool import Pool, connect, transaction
from tests.store.conftest import add_lines, remove_line

BY = ChangedBy("0222969569", Where.PORTAL, datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
FULL = ContactCard(
    id="a",
    first_name="Élodie",
    last_name="Brun",
    nickname="Lo",
    title="Dr",
    company="Exemple & fils",
    numbers=(("home", "02 22 96 95 69"), ("mobile", "+33 6 12 34 56 78"), ("other", "12")),
    primary_number="+33 6 12 34 56 78",
    emails=("e@example.net", "f@example.net"),
    primary_email="f@example.net",
    sms="0612345678",
    home_address="1, rue de l’Église\n35000 Rennes",
    work_address="—",
)


async def test_a_card_comes_back_as_it_was_and_is_replaced(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    await contacts.put(line, [FULL], BY)
    assert await contacts.get(line, "a") == FULL
    await contacts.put(line, [ContactCard("a", nickname="Z")], BY)
    assert (await contacts.page(line)).items == (ContactCard("a", nickname="Z"),)
    assert await contacts.remove(line, ["a", "b"], BY) == 1
    with pytest.raises(NotFound):
        await contacts.get(line, "a")


async def test_pages_are_in_order_of_names_and_searched_in_every_field(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    names = ["Éa", "zoé", "Anne", "anne", "Bob", "100%"]
    await contacts.put(line, [ContactCard(f"id{n}", last_name=name) for n, name in enumerate(names)], BY)
    first = await contacts.page(line, limit=4)
    second = await contacts.page(line, first.next, limit=4)
    assert [card.last_name for card in (*first.items, *second.items)] == [
        "100%",
        "Anne",
        "anne",
        "Bob",
        "zoé",
        "Éa",
    ]
    await contacts.put(line, [FULL], BY)
    assert [card.id for card in (await contacts.page(line, search="exemple & F")).items] == ["a"]
    assert [card.id for card in (await contacts.page(line, search="0%")).items] == ["id5"]
    assert (await contacts.page(line, search="mobile")).items == ()
    assert (await contacts.page(line, search="first_name")).items == ()


async def test_groups_nest_but_never_in_a_circle(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    await contacts.put(line, [FULL], BY)
    family = ContactGroup("f", "Famille", frozenset({"a", "nobody"}), frozenset())
    everyone = ContactGroup("e", "Tous", frozenset(), frozenset({"f", "nothing"}))
    await contacts.put_group(line, family, BY)
    await contacts.put_group(line, everyone, BY)
    with pytest.raises(GroupCircle):
        await contacts.put_group(line, ContactGroup("f", "Famille", frozenset(), frozenset({"e"})), BY)
    with pytest.raises(GroupCircle):
        await contacts.put_group(line, ContactGroup("f", "Famille", frozenset(), frozenset({"f"})), BY)
    with pytest.raises(NameTaken):
        await contacts.put_group(line, ContactGroup("g", "Tous"), BY)
    assert await contacts.groups(line) == [
        ContactGroup("f", "Famille", frozenset({"a"})),
        ContactGroup("e", "Tous", frozenset(), frozenset({"f"})),
    ]
    async with transaction(pool) as connection:
        books = await read_books(connection, None)
    assert books[line].group_numbers("e") == {"+33222969569", "+33612345678", "12"}
    assert books[line].name_of("+33612345678") == "Élodie Brun"
    await contacts.remove_group(line, "f", BY)
    with pytest.raises(NotFound):
        await contacts.remove_group(line, "f", BY)
    assert await contacts.groups(line) == [ContactGroup("e", "Tous")]


async def test_lines_never_see_each_others_contacts(pool: Pool, line: str) -> None:
    await add_lines(pool, "0222969570")
    contacts = Contacts(pool)
    await contacts.put(line, [FULL], BY)
    await contacts.put_group("0222969570", ContactGroup("g", "G", frozenset({"a"})), BY)
    assert await contacts.groups("0222969570") == [ContactGroup("g", "G")]
    with pytest.raises(NotFound):
        await contacts.get("0222969570", "a")
    await remove_line(pool, line)
    assert (await contacts.page(line)).items == ()
    with pytest.raises(NotFound):
        await contacts.put(line, [FULL], BY)


async def test_each_change_is_notified(pool: Pool, url: str, line: str) -> None:
    listener = await connect(url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("settings", lambda *event: heard.put_nowait(event[-1]))
    contacts = Contacts(pool)
    await contacts.put(line, [FULL], BY)
    await contacts.put_group(line, ContactGroup("g", "G"), BY)
    async with asyncio.timeout(2):
        assert [await heard.get(), await heard.get()] == [f"{line} contacts 1", f"{line} contacts 2"]
    await listener.close()


async def test_saved_numbers(pool: Pool, line: str) -> None:
    saved = ForwardNumbers(pool)
    home, office = ForwardNumber("1", "0612345678", "Maison"), ForwardNumber("2", "0222969570", "Bureau")
    await saved.put(line, home, BY)
    await saved.put(line, office, BY)
    with pytest.raises(NameTaken):
        await saved.put(line, ForwardNumber("3", "0612345678", "X"), BY)
    assert await saved.all(line) == [office, home]
    await saved.remove(line, "1", BY)
    with pytest.raises(NotFound):
        await saved.remove(line, "1", BY)


async def test_what_is_replaced_must_be_there(pool: Pool, line: str) -> None:
    contacts, saved = Contacts(pool), ForwardNumbers(pool)
    with pytest.raises(NotFound):
        await contacts.put(line, [FULL], BY, replace=True)
    with pytest.raises(NotFound):
        await contacts.put_group(line, ContactGroup("g", "G"), BY, replace=True)
    with pytest.raises(NotFound):
        await saved.put(line, ForwardNumber("1", "0612345678", "Maison"), BY, replace=True)
    assert (await contacts.page(line)).items == ()
    assert await contacts.groups(line) == []
    assert await saved.all(line) == []


async def test_the_audit_trail_says_that_contacts_changed_and_nothing_of_them(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    await contacts.put(line, [FULL, ContactCard("b", nickname="Z")], BY)
    await contacts.put_group(line, ContactGroup("g", "Secret"), BY)
    await contacts.put_group(line, ContactGroup("g", "Encore"), BY, replace=True)
    await contacts.remove_group(line, "g", BY)
    await contacts.remove(line, ["b"], BY)
    await contacts.remove(line, ["b"], BY)
    entries = (await AuditTrail(pool).of_line(line)).items
    assert {entry.by for entry in entries} == {BY}
    assert [(entry.field, entry.before, entry.after) for entry in reversed(entries)] == [
        ("contacts", None, {"count": 2}),
        ("contact-groups", None, {"count": 1}),
        ("contact-groups", {"count": 1}, {"count": 1}),
        ("contact-groups", {"count": 1}, None),
        ("contacts", {"count": 1}, None),
    ]
