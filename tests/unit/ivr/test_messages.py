"""The messages of a box by phone: their order, what is said, and what each key makes of them."""

from __future__ import annotations

from callcontrol.message import MessageKind
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import BOX, SECONDS, WITHHELD, hears_new, opens, put, ready, types

pytestmark = VIRTUAL_TIME


async def test_the_opening_sentence_counts_and_the_first_message_is_the_urgent_one(world: World) -> None:
    ready(world)
    put(world, "old", 300, new=False)
    put(world, "new-1", 200)
    put(world, "new-2", 100)
    put(world, "urgent", 50, urgent=True)
    call = await opens(world)
    await hears_new(call, "you-have")
    await types(call, "1", gap=11)
    for name in ("urgent", "new-1", "new-2", "old"):
        await hears_new(call, name)
        await types(call, "2")
    await hears_new(call, "no-more-messages")
    assert not any(message.new for message in world.messages.rows.values())
    await types(call, "*")
    await call.ends()
    heard = call.prompts
    assert heard[heard.index("you-have") :][:6] == [
        "you-have", "urgent-message-1", "new-message-2", "and", "kept-message-1-end", "press-1-for-messages",
    ]  # fmt: skip
    world.nothing_left()


async def test_details_are_said_before_the_message_and_a_hash_skips_them(world: World) -> None:
    ready(world)
    put(world, "first")
    call = await opens(world)
    await hears_new(call, "you-have")
    await types(call, "1")
    await hears_new(call, "message-from")
    await types(call, "#")
    await hears_new(call, "first")
    await types(call, "#")
    await hears_new(call, "no-more-messages")
    await call.hangs_up()
    assert world.messages.rows["first"].new is False
    world.nothing_left()


async def test_who_hangs_up_in_the_middle_finds_the_message_new(world: World) -> None:
    ready(world, playback="message")
    put(world, "first")
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "first")
    await call.hangs_up(after=5)
    assert world.messages.rows["first"].new is True
    world.nothing_left()


async def test_a_message_played_to_its_end_is_heard(world: World) -> None:
    ready(world, playback="message")
    put(world, "first")
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "press-1-to-listen-again", within=90)
    assert world.messages.rows["first"].new is False
    await call.hangs_up()


async def test_details_alone_then_one_plays_the_message(world: World) -> None:
    ready(world, playback="details")
    put(world, "first", sender=WITHHELD)
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "message-from-withheld")
    await hears_new(call, "press-1-to-listen")
    assert "first" not in call.prompts
    await types(call, "1")
    await hears_new(call, "first")
    await call.hangs_up()


async def test_seven_and_nine_move_by_five_seconds_and_eight_pauses(world: World) -> None:
    ready(world, playback="message")
    put(world, "first")
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "first")
    begun = world.asterisk.time
    await types(call, "9", gap=2)  # at 7
    await types(call, "7", gap=1)  # at 8, then 3
    await types(call, "8", gap=1)  # at 4
    await types(call, "8", gap=30)  # goes on
    await hears_new(call, "press-1-to-listen-again", within=90)
    took = world.asterisk.time - begun
    assert abs(took - (4 + 30 + SECONDS - 4)) < 0.5, took
    await call.hangs_up()


async def test_back_after_the_end_plays_the_last_seconds(world: World) -> None:
    ready(world, playback="message")
    put(world, "first")
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "press-1-to-listen-again", within=90)
    await types(call, "7")
    begun = world.asterisk.time
    await hears_new(call, "first")
    await hears_new(call, "press-1-to-listen-again", within=90)
    assert abs(world.asterisk.time - begun - 5) < 0.5
    await call.hangs_up()


async def test_deleted_messages_are_restored_or_erased(world: World) -> None:
    ready(world, playback="message")
    for name in ("first", "second", "third"):
        put(world, name)
    call = await opens(world)
    await types(call, "1")
    for name in ("first", "second", "third"):
        await hears_new(call, name)
        await types(call, "3")
    await hears_new(call, "no-more-messages")
    assert all(message.deleted_at for message in world.messages.rows.values())
    await types(call, "6")
    await hears_new(call, "first")
    await types(call, "2")
    await hears_new(call, "second")
    await types(call, "3")
    await hears_new(call, "third")
    await types(call, "9")
    await hears_new(call, "confirm-purge-all")
    await types(call, "1")
    await hears_new(call, "all-purged")
    await call.hangs_up()
    assert list(world.messages.rows) == ["first"]
    assert world.messages.rows["first"].deleted_at is None
    world.nothing_left()


async def test_a_message_that_somebody_else_deleted_is_told_and_passed_over(world: World) -> None:
    ready(world, playback="message")
    put(world, "first")
    put(world, "second", 30)
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "first")
    del world.messages.rows["first"]
    world.recordings.kept.pop(f"messages/{BOX}/first.wav16")
    await types(call, "3")
    await hears_new(call, "message-gone")
    await hears_new(call, "second")
    await call.hangs_up()


async def test_new_messages_are_played_at_once_when_that_is_wanted(world: World) -> None:
    ready(world, autoplay_voice=True, playback="message")
    put(world, "kept", 300, new=False)
    put(world, "new")
    call = await opens(world)
    await hears_new(call, "new")
    await types(call, "2")
    await hears_new(call, "no-more-messages")
    await call.hangs_up()
    assert "kept" not in call.prompts


async def test_a_fax_is_told_with_its_pages(world: World) -> None:
    ready(world)
    put(world, "fax", kind=MessageKind.FAX, pages=21)
    call = await opens(world)
    await hears_new(call, "new-fax-1-end")
    await types(call, "5")
    await hears_new(call, "fax-from")
    await hears_new(call, "fax-in-portal")
    await types(call, "2")
    await hears_new(call, "fax-kept")
    await call.hangs_up()
    assert world.messages.rows["fax"].new is False


async def test_ten_keys_typed_ahead_are_obeyed(world: World) -> None:
    ready(world, playback="message")
    for n in range(9):
        put(world, f"m{n}", 100 - n)
    call = await opens(world)
    await types(call, "1333333333", gap=0.01)
    await hears_new(call, "no-more-messages")
    await call.hangs_up()
    assert all(message.deleted_at for message in world.messages.rows.values())
