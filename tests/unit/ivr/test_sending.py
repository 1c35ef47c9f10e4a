"""Messages to others by phone, replies, forwarded ones, and calling the sender."""

from __future__ import annotations

from dataclasses import replace

from structlog.typing import EventDict

from callcontrol.facts import Group, Licence, Presentation
from callcontrol.history import Direction
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World
from tests.unit.ivr.caller import COLLEAGUE, PIN, SENDER, WITHHELD, hears_new, opens, put, ready, types

pytestmark = VIRTUAL_TIME


async def test_a_message_goes_to_each_of_several_boxes(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "2")
    await hears_new(call, "enter-recipient")
    await types(call, "4003#")
    await hears_new(call, "recipient-added")
    await types(call, "4003#")
    await hears_new(call, "recipient-already-added")
    await types(call, "9999#")
    await hears_new(call, "recipient-has-no-box")
    await types(call, "0222969572#")
    await hears_new(call, "another-recipient")
    await types(call, "#")
    await call.is_recorded()
    await types(call, "#", gap=7)
    await hears_new(call, "recording-menu")
    await types(call, "2")
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "vm-sent")
    await call.hangs_up()
    sent = sorted(world.messages.rows.values(), key=lambda message: message.line)
    assert [message.line for message in sent] == ["0222969570", "0222969572"]
    assert {(m.sender.number, m.sender.name, m.new, m.urgent) for m in sent} == {
        ("+33222969569", "Camille Martin", True, False)
    }
    assert all(message.duration and 6.9 < message.duration < 7.2 for message in sent)
    world.nothing_left()


async def test_nothing_is_sent_before_it_is_accepted(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "24003##")
    await call.is_recorded()
    await types(call, "#", gap=7)
    await hears_new(call, "recording-menu")
    await types(call, "*")
    await hears_new(call, "recording-discarded")
    await call.hangs_up()
    assert world.messages.rows == {}
    world.nothing_left()


async def test_a_star_gives_a_recording_up_and_a_short_one_is_told(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "24003##")
    await call.is_recorded()
    await types(call, "*", gap=4)
    await hears_new(call, "recording-discarded")
    await types(call, "24003##")
    await call.is_recorded()
    await types(call, "#", gap=1)
    await hears_new(call, "recording-too-short")
    await call.hangs_up()
    world.nothing_left()


async def test_a_full_disk_sends_nothing_and_says_so(world: World, log: list[EventDict]) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "24003##")
    await call.is_recorded()
    await types(call, "#", gap=7)
    await hears_new(call, "recording-menu")
    world.recordings.full = True
    await types(call, "1")
    await hears_new(call, "message-not-sent")
    await call.hangs_up()
    assert world.messages.rows == {}
    assert [log.pop(n)["event"] for n, e in list(enumerate(log)) if e["log_level"] == "error"] == [
        "menu.not_sent"
    ]
    world.nothing_left()


async def test_without_the_database_what_was_accepted_is_delivered_later(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "24003##")
    await call.is_recorded()
    await types(call, "#", gap=7)
    await hears_new(call, "recording-menu")
    world.database.down = True
    await types(call, "1")
    await hears_new(call, "vm-sent")
    await call.hangs_up()
    assert world.messages.rows == {}
    world.database.down = False
    await world.settles()
    assert [message.line for message in world.messages.rows.values()] == ["0222969570"]
    world.nothing_left()


async def test_a_reply_goes_into_the_senders_box(world: World) -> None:
    ready(world, playback="message")
    put(world, "first", sender=COLLEAGUE)
    call = await opens(world)
    await types(call, "141")
    await call.is_recorded()
    await types(call, "#", gap=5)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "reply-sent")
    await hears_new(call, "press-1-to-listen-again")
    await call.hangs_up()
    (reply,) = [m for m in world.messages.rows.values() if m.line == "0222969570"]
    assert reply.sender.number == "+33222969569"
    world.nothing_left()


async def test_a_withheld_sender_gets_no_reply_and_one_from_outside_has_no_box(world: World) -> None:
    ready(world, playback="message")
    put(world, "first", sender=WITHHELD)
    put(world, "second", 30, sender=SENDER)
    call = await opens(world)
    await types(call, "14")
    await hears_new(call, "reply-withheld")
    await types(call, "#")
    await hears_new(call, "second")
    await types(call, "4")
    await hears_new(call, "reply-menu")
    await types(call, "1")
    await hears_new(call, "reply-no-box")
    await call.hangs_up()


async def test_a_forwarded_message_has_its_introduction_before_it(world: World) -> None:
    ready(world, playback="message")
    put(world, "first", urgent=True)
    call = await opens(world)
    await types(call, "154003##1")
    await call.is_recorded()
    await types(call, "#", gap=5)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "message-forwarded")
    await types(call, "54005##2")
    await hears_new(call, "message-forwarded")
    await call.hangs_up()
    lasts = {m.line: (round(m.duration or 0), m.urgent) for m in world.messages.rows.values()}
    assert lasts["0222969570"] == (25, True)
    assert lasts["0222969572"] == (20, True)
    world.nothing_left()


async def test_the_sender_is_called_after_a_one(world: World) -> None:
    ready(world, playback="message")
    put(world, "first", sender=SENDER)
    world.outside("0145678901", rings=1, answers=3, leaves=6)
    call = await opens(world)
    await types(call, "142")
    await hears_new(call, "you-will-call")
    await types(call, "1")
    await call.talks()
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await call.ends()
    record = world.line("4002").record
    assert (record.direction, record.peer.number) == (Direction.OUTGOING, "+33145678901")
    world.nothing_left()


async def test_a_barred_sender_is_not_called(world: World) -> None:
    ready(world, playback="message")
    world.line("4002").sets_document("call-settings", {"barring": {"national": True}})
    put(world, "first", sender=SENDER)
    call = await opens(world)
    await types(call, "142")
    await hears_new(call, "barred-national")
    await call.hangs_up()


async def test_from_outside_nobody_is_called(world: World) -> None:
    ready(world, playback="message")
    put(world, "first", sender=SENDER)
    call = world.trunk_call(to="0222969569")
    await hears_new(call, "vm-greeting-system")
    await types(call, f"*{PIN}#142")
    await hears_new(call, "call-from-own-phone-only", within=90)
    await call.hangs_up()
    assert SENDER.presentation is Presentation.SHOWN


async def test_a_full_box_and_a_fax_machine_are_no_recipients(world: World) -> None:
    ready(world)
    world.directory.put_company(replace(COMPANY, max_messages=1))
    put(world, "hers", line="0222969571")
    world.change_line("4005", licence=Licence.FAX)
    call = await opens(world)
    await types(call, "2")
    await hears_new(call, "enter-recipient")
    await types(call, "4004#")
    await hears_new(call, "recipient-box-full")
    await types(call, "4005#")
    await hears_new(call, "recipient-has-no-box")
    await call.hangs_up()
    world.nothing_left()


async def test_a_group_is_a_recipient(world: World) -> None:
    ready(world)
    world.directory.put_group(Group("0222969500", "demo", "Accueil", extension="4900"))
    call = await opens(world)
    await types(call, "24900##")
    await call.is_recorded()
    await types(call, "#", gap=5)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "vm-sent")
    await call.hangs_up()
    assert [message.line for message in world.messages.rows.values()] == ["0222969500"]
    world.nothing_left()


async def test_no_reply_goes_into_a_full_box(world: World) -> None:
    ready(world, playback="message")
    world.directory.put_company(replace(COMPANY, max_messages=1))
    put(world, "first", sender=COLLEAGUE)
    put(world, "theirs", line="0222969570")
    call = await opens(world)
    await types(call, "141")
    await hears_new(call, "recipient-box-full")
    await call.hangs_up()
    world.nothing_left()
