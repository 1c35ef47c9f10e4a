"""Deposit and greetings on real calls: what was spoken is fetched, what was uploaded is heard (spec §5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray

from callcontrol.store.pool import borrowed
from rig.outgoing import OutgoingCall
from tests.e2e.office import PORTAL_PASSWORD, Desk, Office, eventually
from tests.e2e.people import outside_call
from tests.unit.media.test_voice import WRONG
from tests.wav_files import RATE, speech, wav

CALLER = "0145700{:03d}"
Samples = NDArray[np.float64]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def boxes(office: Office) -> AsyncIterator[Office]:
    """A company whose lines may all log in, with boxes of sixty messages."""
    opened = await Office.open(
        office.stack, 11, company="Boîtes", prefix="02233", portals=11, of_company={"max_messages": 60}
    )
    yield opened
    await opened.close()


async def api(
    office: Office, desk: Desk, method: str, path: str, *, data: bytes | None = None, json: object = None
) -> tuple[int, bytes, dict[str, object]]:
    """Ask as the user of ``desk``: status, bytes, and the JSON if it is any."""
    url = f"{office.stack.web_url}/api/v1"
    login = {"number": desk.number, "password": PORTAL_PASSWORD}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{url}/sessions", json=login) as answer:
            token = (await answer.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        if data is not None:
            headers["Content-Type"] = "audio/wav"
        async with session.request(
            method, f"{url}/me/{path}", headers=headers, data=data, json=json
        ) as answer:
            raw = await answer.read()
            decoded = await answer.json(content_type=None) if "json" in answer.content_type else {}
            return answer.status, raw, decoded


async def upload(office: Office, desk: Desk, sound: Samples, kind: str = "greeting") -> str:
    status, _, made = await api(office, desk, "POST", f"recordings?kind={kind}", data=wav(sound))
    assert status == 201, made
    return str(made["id"])


def tone(frequency: int, seconds: float = 2.0) -> Samples:
    return np.asarray(0.3 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE))


async def beep_heard(call: OutgoingCall, *, skip: bool = True) -> None:
    """Be answered, skip the greeting, and hear the beep to its end."""
    await call.answered(within=15)
    await call.hears_speech(within=10)
    if skip:
        await call.send_dtmf("#")
    await call.hears(1000, within=10)
    await call.hears_silence(for_=0.2, within=3)


async def test_what_was_spoken_is_what_the_api_gives(boxes: Office, tmp_path: Path) -> None:
    (bob,) = boxes.desks(1)
    spoken = speech(6, 0.25, seed=5)
    narrow = spoken.reshape(-1, 2).mean(axis=1)  # what a telephone carries: 8 kHz
    _save_8k(tmp_path / "spoken.wav", narrow)
    async with boxes.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(1))
        await beep_heard(call)
        call.play_file(tmp_path / "spoken.wav")
        await asyncio.sleep(6.3)
        await call.hang_up()
    (message,) = await boxes.messages(bob)
    status, raw, _ = await api(boxes, bob, "GET", f"messages/{message.id}/audio")
    assert status == 200
    kept = np.frombuffer(raw[44:], dtype="<i2").astype(float) / 32768
    correlation, level, missing = compared(
        narrow, kept.reshape(-1)[: len(kept) // 2 * 2].reshape(-1, 2).mean(axis=1)
    )
    print(f"correlation {correlation:.4f}, level {level:+.2f} dB, missing {missing * 1000:.0f} ms")
    assert correlation >= 0.95
    assert abs(level) <= 1
    assert missing <= 0.02
    await boxes.nothing_left()


def compared(spoken: Samples, kept: Samples) -> tuple[float, float, float]:
    """Correlation at the best lag, level in dB, and how many seconds of the beginning are missing (8 kHz)."""
    size = 1 << (len(spoken) + len(kept)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(kept, size) * np.conj(np.fft.rfft(spoken, size)), size)
    lag = int(np.argmax(np.abs(cross)))
    lag = lag - size if lag > size // 2 else lag
    begin = max(0, lag)
    part = spoken[max(0, -lag) :]
    heard = kept[begin : begin + len(part)]
    part = part[: len(heard)]
    correlation = float(np.dot(heard, part) / np.sqrt(np.dot(heard, heard) * np.dot(part, part)))
    level = 10 * np.log10(float(np.dot(heard, heard) / np.dot(part, part)))
    return correlation, level, max(0, -lag) / 8000


def _save_8k(path: Path, samples: Samples) -> None:
    path.write_bytes(wav(samples, rate=8000))


async def test_every_wrong_upload_is_refused_in_words(boxes: Office) -> None:
    (bob,) = boxes.desks(1)
    said = set()
    for name, file, _ in WRONG:
        status, _, problem = await api(boxes, bob, "POST", "recordings?kind=greeting", data=file)
        assert status == 422, name
        said.add(str(problem["detail"]))
    status, _, problem = await api(
        boxes, bob, "POST", "recordings?kind=greeting", data=b"\0" * 20 * 1024 * 1024
    )
    assert status == 413
    said.add(str(problem["detail"]))
    assert len(said) >= 7
    _, _, listed = await api(boxes, bob, "GET", "recordings")
    assert listed["items"] == []


async def test_an_uploaded_greeting_is_heard_by_the_next_caller_and_colleagues_hear_theirs(
    boxes: Office,
) -> None:
    bob, colleague = boxes.desks(2)
    mine, inside = await upload(boxes, bob, tone(600)), await upload(boxes, bob, tone(850))
    body = {
        "kind": "personal",
        "kinds": {"personal": {"recording": mine, "internal": {"enabled": True, "recording": inside}}},
    }
    status, _, _ = await api(boxes, bob, "PATCH", "greetings", json=body)
    assert status == 200
    async with boxes.trunk(beside=True) as world, boxes.phone(colleague) as phone:
        call = await outside_call(world, bob.number, CALLER.format(2))
        await call.answered()
        await call.hears(600)
        await call.hears(1000, within=5)
        await call.hang_up()
        await phone.register()
        call = await phone.invite(bob.extension)
        await call.answered()
        await call.hears(850)
        await call.hears(1000, within=5)
        await call.hang_up()
    for file in (boxes.stack.media_dir / "voice" / bob.number).iterdir():
        file.unlink()
    async with boxes.trunk(beside=True) as world:  # its file is gone: the system's
        call = await outside_call(world, bob.number, CALLER.format(2))
        await call.answered()
        await call.hears_speech()
        await call.hears(1000, within=10)
        await call.hang_up()
    await boxes.nothing_left()


async def test_an_absence_without_deposit_is_heard_and_ends_the_call(boxes: Office) -> None:
    (bob,) = boxes.desks(1)
    away = await upload(boxes, bob, tone(700))
    body = {"kind": "absence", "absence": {"recording": away, "accept_messages": False}}
    assert (await api(boxes, bob, "PATCH", "greetings", json=body))[0] == 200
    async with boxes.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(3))
        await call.answered()
        await call.hears(700)
        await call.hears_speech(within=5)
        await call.ended(within=10)
    await boxes.nothing_left()
    assert (await boxes.mailboxes.count(bob.number)).voice_new == 0


async def test_after_the_message_its_caller_hears_it_marks_it_urgent_and_sends_it(boxes: Office) -> None:
    (bob,) = boxes.desks(1)
    async with boxes.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(4))
        await beep_heard(call)
        call.play_tone(650)
        await asyncio.sleep(3)
        call.play_silence()
        await call.send_dtmf("#")
        await call.hears_speech(within=5)
        await call.send_dtmf("2")
        await call.hears(650, within=5)
        await call.send_dtmf("4")
        await call.hears_speech(within=5)
        assert (await boxes.mailboxes.count(bob.number)).voice_new == 0
        await call.send_dtmf("1")
        (message,) = await boxes.messages(bob)
        await call.ended(within=10)
    assert message.urgent
    assert message.duration == pytest.approx(3, abs=0.6)
    await boxes.nothing_left()


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_keys_pressed_while_it_is_spoken_are_not_in_the_message(boxes: Office, method: str) -> None:
    (bob,) = boxes.desks(1)
    async with boxes.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(6))
        await beep_heard(call)
        call.play_tone(650)
        await asyncio.sleep(1.5)
        await call.send_dtmf("159*0", method=method)  # type: ignore[arg-type]
        await asyncio.sleep(1.5)
        await call.hang_up()
    (message,) = await boxes.messages(bob)
    sound = np.frombuffer((boxes.stack.media_dir / message.path).read_bytes()[44:], dtype="<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(sound[: RATE * 2], RATE * 2)) ** 2
    spoken = spectrum[2 * 640 : 2 * 660].sum()
    for key in (697, 770, 852, 941, 1209, 1336, 1477):
        assert spectrum[2 * key - 10 : 2 * key + 10].sum() < spoken / 1000, key
    await boxes.nothing_left()


async def test_fifty_callers_at_once_leave_fifty_messages_each_its_own(boxes: Office) -> None:
    (bob,) = boxes.desks(1)

    async def one(number: int) -> None:
        call = await outside_call(world, bob.number, CALLER.format(100 + number))
        call.play_tone(400 + 40 * number)
        await call.answered(within=20)
        await call.hears_speech(within=15)
        await call.send_dtmf("#")
        await asyncio.sleep(5)  # the beep, and what is spoken
        await call.hang_up()

    async with boxes.trunk(beside=True) as world:
        await asyncio.gather(*(one(number) for number in range(50)))

        async def all_there() -> bool | None:
            return (await boxes.mailboxes.count(bob.number)).voice_new == 50 or None

        await eventually(all_there, "fifty messages", within=20)
    page = await boxes.mailboxes.page(bob.number, None, limit=100)
    whole, swapped = set(), {}
    for message in page.items:
        sound = np.frombuffer((boxes.stack.media_dir / message.path).read_bytes()[44:], dtype="<i2")
        pitch, purity = peak(sound[RATE : 2 * RATE].astype(float))
        assert message.sender.number is not None
        number = int(message.sender.number[-3:]) - 100
        if purity > 0.5:  # a rig that is late sends a tone with holes, which is none any more
            whole.add(number)
            if abs(pitch - (400 + 40 * number)) > 3:
                swapped[number] = pitch
    print(f"{len(whole)} of {len(page.items)} messages are whole tones")
    assert (len({message.sender.number for message in page.items}), swapped) == (50, {})
    assert len(whole) >= 5
    await boxes.nothing_left()


def peak(sound: Samples) -> tuple[int, float]:
    """The pitch of a second of sound in hertz, and the share of its energy that is there."""
    spectrum = np.abs(np.fft.rfft(sound, RATE)) ** 2
    pitch = int(np.argmax(spectrum))
    return pitch, float(spectrum[max(0, pitch - 3) : pitch + 4].sum() / spectrum.sum())


async def test_a_full_box_is_announced(boxes: Office) -> None:
    (bob,) = boxes.desks(1)
    async with borrowed(boxes.pool) as connection:
        await connection.execute(
            """INSERT INTO messages
                 (id, line, kind, sender_presentation, received_at, path, new, urgent, deleted_at)
               SELECT $1 || n, $1, CASE n % 2 WHEN 0 THEN 'voice' ELSE 'fax' END, 'unavailable', '2026-01-01',
                 'none/' || n, true, false, CASE WHEN n > 60 THEN timestamptz '2026-01-02' END
               FROM generate_series(1, 70) AS n""",
            bob.number,
        )
    async with boxes.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(5))
        await call.answered()
        await call.hears_speech()
        await call.ended(within=12)
        assert (await boxes.mailboxes.count(bob.number)).voice_new == 30
        async with borrowed(boxes.pool) as connection:
            await connection.execute("DELETE FROM messages WHERE id = $1", f"{bob.number}1")
        call = await outside_call(world, bob.number, CALLER.format(5))
        await beep_heard(call)
        await call.hang_up()
    await boxes.nothing_left()
