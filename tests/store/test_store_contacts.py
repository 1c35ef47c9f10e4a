"""Contacts, nested groups and saved numbers."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup
from callcontrol.errors import NotFound
from callcontrol.store.contacts import Contacts, GroupCircle, NameTaken, read_books
from callcontrol.store.forward_numbers import ForwardNumber, ForwardNumbers
from callcontrol.store.pool import Pool, connect, transaction
from tests.store.conftest import add_lines, remove_line

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
    await contacts.put(line, [FULL])
    assert await contacts.get(line, "a") == FULL
    await contacts.put(line, [ContactCard("a", nickname="Z")])
    assert (await contacts.page(line)).items == (ContactCard("a", nickname="Z"),)
    assert await contacts.remove(line, ["a", "b"]) == 1
    with pytest.raises(NotFound):
        await contacts.get(line, "a")


async def test_pages_are_in_order_of_names_and_searched_in_every_field(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    names = ["Éa", "zoé", "Anne", "anne", "Bob", "100%"]
    await contacts.put(line, [ContactCard(f"id{n}", last_name=name) for n, name in enumerate(names)])
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
    await contacts.put(line, [FULL])
    assert [card.id for card in (await contacts.page(line, search="exemple & F")).items] == ["a"]
    assert [card.id for card in (await contacts.page(line, search="0%")).items] == ["id5"]
    assert (await contacts.page(line, search="mobile")).items == ()
    assert (await contacts.page(line, search="first_name")).items == ()


async def test_groups_nest_but_never_in_a_circle(pool: Pool, line: str) -> None:
    contacts = Contacts(pool)
    await contacts.put(line, [FULL])
    family = ContactGroup("f", "Famille", frozenset({"a", "nobody"}), frozenset())
    everyone = ContactGroup("e", "Tous", frozenset(), frozenset({"f", "nothing"}))
    await contacts.put_group(line, family)
    await contacts.put_group(line, everyone)
    with pytest.raises(GroupCircle):
        await contacts.put_group(line, ContactGroup("f", "Famille", frozenset(), frozenset({"e"})))
    with pytest.raises(GroupCircle):
        await contacts.put_group(line, ContactGroup("f", "Famille", frozenset(), frozenset({"f"})))
    with pytest.raises(NameTaken):
        await contacts.put_group(line, ContactGroup("g", "Tous"))
    assert await contacts.groups(line) == [
        ContactGroup("f", "Famille", frozenset({"a"})),
        ContactGroup("e", "Tous", frozenset(), frozenset({"f"})),
    ]
    async with transaction(pool) as connection:
        books = await read_books(connection, None)
    assert books[line].group_numbers("e") == {"+33222969569", "+33612345678", "12"}
    assert books[line].name_of("+33612345678") == "Élodie Brun"
    await contacts.remove_group(line, "f")
    with pytest.raises(NotFound):
        await contacts.remove_group(line, "f")
    assert await contacts.groups(line) == [ContactGroup("e", "Tous")]


async def test_lines_never_see_each_others_contacts(pool: Pool, line: str) -> None:
    await add_lines(pool, "0222969570")
    contacts = Contacts(pool)
    await contacts.put(line, [FULL])
    await contacts.put_group("0222969570", ContactGroup("g", "G", frozenset({"a"})))
    assert await contacts.groups("0222969570") == [ContactGroup("g", "G")]
    with pytest.raises(NotFound):
        await contacts.get("0222969570", "a")
    await remove_line(pool, line)
    assert (await contacts.page(line)).items == ()
    with pytest.raises(NotFound):
        await contacts.put(line, [FULL])


async def test_each_change_is_notified(pool: Pool, url: str, line: str) -> None:
    listener = await connect(url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("settings", lambda *event: heard.put_nowait(event[-1]))
    contacts = Contacts(pool)
    await contacts.put(line, [FULL])
    await contacts.put_group(line, ContactGroup("g", "G"))
    async with asyncio.timeout(2):
        assert [await heard.get(), await heard.get()] == [f"{line} contacts 1", f"{line} contacts 2"]
    await listener.close()


async def test_saved_numbers(pool: Pool, line: str) -> None:
    saved = ForwardNumbers(pool)
    home, office = ForwardNumber("1", "0612345678", "Maison"), ForwardNumber("2", "0222969570", "Bureau")
    await saved.put(line, home)
    await saved.put(line, office)
    with pytest.raises(NameTaken):
        await saved.put(line, ForwardNumber("3", "0612345678", "X"))
    assert await saved.all(line) == [office, home]
    await saved.remove(line, "1")
    with pytest.raises(NotFound):
        await saved.remove(line, "1")
