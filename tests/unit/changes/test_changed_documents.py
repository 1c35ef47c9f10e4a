"""Changing a settings document, whoever asks: the same checks, versions, audit and sentences; in force at the end."""

from __future__ import annotations

import pytest

from callcontrol.changes import line_settings
from callcontrol.errors import NotInForce, Overtaken, SettingsInvalid, StoreDown, VersionConflict
from tests.unit.changes.desk import ADVANCED, BY, LINE, SIMPLE, Desk
from tests.unit.routing.world import A, B, C


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


async def test_who_always_loses_is_told_so_and_not_of_a_version_that_it_never_named(desk: Desk) -> None:
    count = iter(range(100))
    desk.documents.before_write = lambda: desk.documents.put(
        A, "call-settings", {"hide_number": bool(next(count) % 2)}, BY
    )
    with pytest.raises(Overtaken):
        await desk.patch("call-settings", {"show_caller_name": False})
    assert next(count) == line_settings.MOST_TRIES
    assert desk.calls.told == []


async def test_what_is_stored_and_cannot_be_read_is_replaced(desk: Desk) -> None:
    desk.documents.put(A, "call-manager", {"incoming": "nonsense"}, BY)
    await desk.patch("call-manager", {"reject_anonymous": True})
    assert desk.directory.settings(A).call_manager.reject_anonymous


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


@pytest.mark.parametrize(
    ("patch", "fields"),
    [
        ({"addresses": [{"address": "mine@example.org"}]}, {"addresses"}),
        ({"mail_enabled": True}, {"mail_enabled"}),
        ({"keep_original": True}, {"keep_original"}),
        ({"addresses": [{"address": "camille@example.net", "fax": False}], "keep_original": True,
          "live_screening": True},
         {"addresses", "keep_original"}),
        ({"addresses": None}, {"addresses"}),
    ],
    ids=["another address", "mail at all", "what stays", "one of many", "none"],
)  # fmt: skip
async def test_nobody_but_the_owner_says_where_messages_go(
    desk: Desk, patch: dict[str, object], fields: set[str]
) -> None:
    await desk.patch("message-settings", {"addresses": [{"address": "camille@example.net"}]})
    before = dict(desk.documents.rows)
    with pytest.raises(SettingsInvalid) as refused:
        await desk.patch("message-settings", patch, by=B)
    assert {each.where for each in refused.value.mistakes} == fields
    assert desk.documents.rows == before
    await desk.patch(
        "message-settings", {"live_screening": True}, by=B
    )  # all the rest is the administrator's, too
    assert desk.directory.settings(A).message_settings.addresses[0].address == "camille@example.net"
    await desk.patch("message-settings", patch)
