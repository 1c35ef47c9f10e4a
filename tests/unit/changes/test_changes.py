"""Changing what a user can set, whoever asks: the same checks, versions, audit and sentences; in force at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import contact_groups, contacts, forward_numbers, line_settings
from callcontrol.changes.forms import ContactGroupIn, ContactIn, ForwardNumberIn
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.errors import (
    Duplicate,
    NotFound,
    NotInForce,
    SettingsInvalid,
    StoreDown,
    VersionConflict,
)
from callcontrol.facts import Line
from callcontrol.settings.parse import merge
from tests.fakes.settings import Audited, FakeContactBooks, FakeDocuments, FakeInForce, FakeSavedNumbers
from tests.unit.routing.world import LINES, A, B, C, directory

BY = ChangedBy(A, Where.PHONE, datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
LINE, SIMPLE, ADVANCED = LINES[0], LINES[1], LINES[2]


@dataclass
class Desk:
    """Everything that a change meets."""

    services: ChangeServices
    directory: Directory
    audited: Audited
    documents: FakeDocuments
    contacts: FakeContactBooks
    numbers: FakeSavedNumbers
    calls: FakeInForce

    async def patch(
        self, document: str, patch: Mapping[str, Any], line: Line = LINE, language: str = "fr"
    ) -> line_settings.Kept:
        """What a PATCH of the API, a star code or a menu does."""
        return await line_settings.change(
            self.services, line, document, lambda current: merge(document, current, patch),
            language=language, by=BY,
        )  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    known, audited = directory(), Audited()
    documents, books, saved = FakeDocuments(audited), FakeContactBooks(audited), FakeSavedNumbers(audited)
    calls = FakeInForce(known, documents, books)
    return Desk(
        ChangeServices(documents, books, saved, lambda: known, calls),
        known, audited, documents, books, saved, calls,
    )  # fmt: skip


# --- settings documents


async def test_the_next_call_obeys_when_the_change_has_returned(desk: Desk) -> None:
    kept = await desk.patch("call-manager", {"incoming": "voicemail"})
    assert desk.directory.settings(A).call_manager == kept.model
    assert desk.directory.settings(A).call_manager.incoming == "voicemail"
    assert kept.versions == (desk.directory.version(A, "call-manager"),) == (1,)
    assert desk.calls.told == [("document", A, "call-manager")]
    assert desk.audited.entries == [(A, "call-manager", BY)]


async def test_what_the_change_returns_is_what_is_read_afterwards(desk: Desk) -> None:
    for document, patch in (
        ("call-manager", {"no_answer": {"voicemail_after": 12}}),
        ("message-settings", {"mail_enabled": False, "voicemail_after": 15}),
        ("message-settings", {"keep_original": True}),
    ):
        for line in (SIMPLE, ADVANCED):
            kept = await desk.patch(document, patch, line)
            assert kept == await line_settings.read(desk.services, line, document, "fr")


async def test_a_change_reads_its_own_document_once_and_no_other(desk: Desk) -> None:
    await desk.patch("greetings", {"kind": "system"})
    assert desk.documents.asked == [("greetings",)]


async def test_the_one_delay_of_a_simple_line_is_in_force_in_both_documents(desk: Desk) -> None:
    await desk.patch("message-settings", {"voicemail_after": 12}, SIMPLE)
    settings = desk.directory.settings(B)
    assert settings.call_manager.no_answer.voicemail_after == settings.message_settings.voicemail_after == 12
    assert set(desk.calls.told) == {("document", B, "message-settings"), ("document", B, "call-manager")}
    await desk.patch("message-settings", {"voicemail_after": 13}, ADVANCED)
    assert desk.directory.settings(C).call_manager.no_answer.voicemail_after == 60


async def test_what_cannot_be_right_changes_nothing_and_tells_the_calls_nothing(desk: Desk) -> None:
    forward = {"incoming": "forward", "unconditional": {"number": "112"}, "busy": {"number": "4002"}}
    with pytest.raises(SettingsInvalid) as refused:
        await desk.patch("call-manager", forward, language="en")
    assert {each.where: each.text for each in refused.value.mistakes} == {
        "unconditional.number": "Calls cannot be forwarded to an emergency number.",
        "busy.number": "The line cannot forward its calls to itself.",
    }
    assert (desk.documents.rows, desk.calls.told, desk.audited.entries) == ({}, [], [])


async def test_a_target_that_was_kept_is_not_judged_again(desk: Desk) -> None:
    """By what is kept, not by what calls go by: the two may differ for a moment."""
    away = {"incoming": "ring", "unconditional": {"number": "00441632960000"}}
    desk.documents.put(A, "call-manager", away, BY)
    await desk.patch("call-settings", {"barring": {"international": True}})
    await desk.patch("call-manager", {"reject_anonymous": True})
    with pytest.raises(SettingsInvalid):
        await desk.patch("call-manager", {"incoming": "forward"})


async def test_the_same_again_is_in_force_too(desk: Desk) -> None:
    """Somebody else's change a moment ago may have made it so, and these calls not know it yet."""
    kept = await desk.patch("call-settings", {"hide_number": True})
    desk.directory.remove_document(A, "call-settings")
    assert (await desk.patch("call-settings", {"hide_number": True})).versions == kept.versions
    assert desk.directory.settings(A).call_settings.hide_number
    assert len(desk.audited.entries) == 1


async def test_a_change_is_made_again_on_what_somebody_else_wrote_meanwhile(desk: Desk) -> None:
    def somebody_else() -> None:
        desk.documents.before_write = lambda: None
        desk.documents.put(A, "call-settings", {"show_caller_name": False}, BY)

    desk.documents.before_write = somebody_else
    kept = await desk.patch("call-settings", {"hide_number": True})
    assert kept.versions == (2,)
    assert desk.directory.settings(A).call_settings.hide_number
    assert not desk.directory.settings(A).call_settings.show_caller_name


async def test_a_change_of_a_version_that_is_past_is_refused(desk: Desk) -> None:
    await desk.patch("call-settings", {"hide_number": True})
    with pytest.raises(VersionConflict):
        await line_settings.change(
            desk.services, LINE, "call-settings", lambda _: {}, language="fr", by=BY,
            expected=lambda versions: versions == (0,),
        )  # fmt: skip
    assert desk.directory.settings(A).call_settings.hide_number


async def test_who_always_loses_is_told_so(desk: Desk) -> None:
    count = iter(range(100))
    desk.documents.before_write = lambda: desk.documents.put(
        A, "call-settings", {"hide_number": bool(next(count) % 2)}, BY
    )
    with pytest.raises(VersionConflict):
        await desk.patch("call-settings", {"show_caller_name": False})
    assert next(count) == line_settings.MOST_TRIES
    assert desk.calls.told == []


async def test_what_is_stored_and_cannot_be_read_is_replaced(desk: Desk) -> None:
    desk.documents.put(A, "call-manager", {"incoming": "nonsense"}, BY)
    await desk.patch("call-manager", {"reject_anonymous": True})
    assert desk.directory.settings(A).call_manager.reject_anonymous


# --- contacts, groups, saved numbers

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


# --- the database goes away


async def test_a_database_that_is_away_refuses_the_change(desk: Desk) -> None:
    desk.audited.down = True
    with pytest.raises(StoreDown):
        await desk.patch("call-settings", {"hide_number": True})
    assert desk.calls.told == []


async def test_a_database_that_goes_away_after_the_change_is_told_as_that(desk: Desk) -> None:
    desk.calls.away = True
    with pytest.raises(NotInForce):
        await desk.patch("call-settings", {"hide_number": True})
    assert desk.documents.rows[A, "call-settings"][1] == 1
    with pytest.raises(NotInForce):
        await contacts.add(desk.services, LINE, CARD, language="fr", by=BY)
    assert len(desk.contacts.cards) == 1
