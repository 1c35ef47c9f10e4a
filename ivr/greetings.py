"""Greetings by phone: which one is used, its variants, and the owner's recordings (spec §5, §6).

A recording is worked on apart from the greeting that it may become: until "keep" nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from callcontrol.dialogue.play import play
from callcontrol.ivr import drafts, words
from callcontrol.ivr.menu_table import Does, Key, Node
from callcontrol.ivr.visit import Place, Subject, Visit
from callcontrol.settings.model import GreetingKind, Greetings, Variant

MAX_SECONDS = 180
SHORTEST_SECONDS = 1.0
_KINDS = {
    Node.ABSENCE: "absence", Node.PERSONAL: "personal", Node.NAME: "name", Node.NUMBER: "number",
    Node.SYSTEM: "system",
}  # fmt: skip
_VARIANTS = {Does.BUSY: "busy", Does.OUTSIDE_HOURS: "outside_hours", Does.INTERNAL: "internal"}


# --- the document, pure -----------------------------------------------------------------------------------------


def recording_of(greetings: Greetings, subject: Subject) -> str | None:
    """The id of the recording that a subject has."""
    absence = greetings.absence
    match subject:
        case Subject(kind="absence", variant=None):
            return absence.recording
        case Subject(kind="absence"):
            return absence.internal_recording
        case Subject(kind="name", variant=None):
            return greetings.recorded_name
        case Subject(kind=kind, variant=None):
            return _kind(greetings, kind).recording
        case Subject(kind=kind, variant=variant):
            return _variant(greetings, kind, variant or "").recording


def with_recording(greetings: Greetings, subject: Subject, recording: str | None) -> Greetings:
    """The document with another recording for a subject."""
    match subject:
        case Subject(kind="absence", variant=None):
            absence = greetings.absence.model_copy(update={"recording": recording})
            return greetings.model_copy(update={"absence": absence})
        case Subject(kind="absence"):
            absence = greetings.absence.model_copy(update={"internal_recording": recording})
            return greetings.model_copy(update={"absence": absence})
        case Subject(kind="name", variant=None):
            return greetings.model_copy(update={"recorded_name": recording})
        case Subject(kind=kind, variant=None):
            return _with_kind(greetings, kind, {"recording": recording})
        case Subject(kind=kind, variant=variant):
            changed = _variant(greetings, kind, variant or "").model_copy(update={"recording": recording})
            return _with_kind(greetings, kind, {variant or "": changed})


def is_on(greetings: Greetings, subject: Subject) -> bool:
    """Whether a variant is used."""
    if subject.kind == "absence":
        return greetings.absence.internal_different
    return _variant(greetings, subject.kind, subject.variant or "").enabled


def switched(greetings: Greetings, subject: Subject) -> Greetings:
    """The document with a variant switched on or off."""
    on = not is_on(greetings, subject)
    if subject.kind == "absence":
        absence = greetings.absence.model_copy(update={"internal_different": on})
        return greetings.model_copy(update={"absence": absence})
    variant = _variant(greetings, subject.kind, subject.variant or "").model_copy(update={"enabled": on})
    return _with_kind(greetings, subject.kind, {subject.variant or "": variant})


def _kind(greetings: Greetings, kind: str) -> GreetingKind:
    found: GreetingKind = getattr(greetings.kinds, kind)
    return found


def _variant(greetings: Greetings, kind: str, variant: str) -> Variant:
    found: Variant = getattr(_kind(greetings, kind), variant)
    return found


def _with_kind(greetings: Greetings, kind: str, update: dict[str, object]) -> Greetings:
    changed = _kind(greetings, kind).model_copy(update=update)
    return greetings.model_copy(update={"kinds": greetings.kinds.model_copy(update={kind: changed})})


# --- leads: what is said before the menu ------------------------------------------------------------------------


async def tell_which(visit: Visit) -> None:
    visit.say_next(words.greeting_in_use(visit.settings.greetings))


async def tell_absence(visit: Visit) -> None:
    accepts = visit.settings.greetings.absence.accept_messages
    visit.say_next("absence-accepts-messages" if accepts else "absence-refuses-messages")


async def tell_variant(visit: Visit) -> None:
    visit.say_next("greeting-on" if is_on(visit.settings.greetings, visit.subject) else "greeting-off")


# --- keys -------------------------------------------------------------------------------------------------------


async def kind(visit: Visit, key: Key) -> Place:
    """One kind of greeting."""
    visit.subject = Subject(_KINDS[key.then])
    return key.then


async def variant(visit: Visit, key: Key) -> Place:
    """One variant of the kind at hand."""
    visit.subject = Subject(visit.subject.kind, _VARIANTS[key.does])
    return key.then


async def use(visit: Visit, key: Key) -> Place:
    chosen = _KINDS[key.then]
    await _change(visit, lambda greetings: greetings.model_copy(update={"kind": chosen}))
    visit.say_next(words.greeting_in_use(visit.settings.greetings))
    return key.then


async def accept_messages(visit: Visit, key: Key) -> Place:
    def other(greetings: Greetings) -> Greetings:
        update = {"accept_messages": not greetings.absence.accept_messages}
        return greetings.model_copy(update={"absence": greetings.absence.model_copy(update=update)})

    await _change(visit, other)
    return key.then


async def switch(visit: Visit, key: Key) -> Place:
    await _change(visit, lambda greetings: switched(greetings, visit.subject))
    return key.then


async def hear(visit: Visit, key: Key) -> Place:
    """What callers hear of it: the recording, or the system's words around a name or the number."""
    if visit.node in _KINDS:
        visit.subject = Subject(_KINDS[visit.node])
    match visit.subject:
        case Subject(kind="system", variant=None):
            await visit.say("vm-greeting-system")
        case Subject(kind="number", variant=None):
            said = words.number(visit.box.number, visit.box.language)
            await visit.say("vm-greeting-prefix-number", *said, "vm-greeting-suffix")
        case Subject(kind="name", variant=None):
            around = visit.media("vm-greeting-prefix-name"), visit.media("vm-greeting-suffix")
            await _play_kept(visit, *around)
        case _:
            await _play_kept(visit, (), ())
    return visit.node


async def own_recording(visit: Visit, key: Key) -> Place:
    """Work on the recording of the greeting or variant at hand."""
    if visit.node in _KINDS:
        visit.subject = Subject(_KINDS[visit.node])
    return key.then


async def own_name(visit: Visit, key: Key) -> Place:
    visit.subject = Subject("name")
    return key.then


# --- the recording at hand --------------------------------------------------------------------------------------


async def listen(visit: Visit, key: Key) -> Place:
    if visit.recording is None:
        await _play_kept(visit, (), ())
    elif not visit.call.caller.keys:
        await play(visit.call, [f"recording:{visit.recording}"], until_key=True)
    return key.then


async def record(visit: Visit, key: Key) -> Place:
    await take(visit)
    return key.then


async def take(visit: Visit) -> bool:
    """Record the subject at hand, as a draft; whether there is one now."""
    prompt = "record-name" if visit.subject == Subject("name") else "record-greeting"
    return await drafts.take(visit, prompt, most=MAX_SECONDS, shortest=SHORTEST_SECONDS)


async def keep(visit: Visit, key: Key) -> Place:
    if visit.recording is None:
        visit.say_next(_not_recorded(visit))
        return key.then
    await keep_draft(visit)
    return visit.up()


async def keep_draft(visit: Visit) -> None:
    """The draft becomes the recording of the subject. Raises as ``Visit.change``; then the old one stays."""
    assert visit.recording is not None
    name = visit.subject == Subject("name")
    own = visit.services.own_recordings
    kept = await own.keep(visit.box.number, "name" if name else "greeting", visit.recording)
    drafts.used(visit)
    await _change(visit, lambda greetings: with_recording(greetings, visit.subject, kept))
    visit.say_next("recording-saved")


async def delete(visit: Visit, key: Key) -> Place:
    if visit.recording is not None:
        await drafts.drop(visit)
        visit.say_next("recording-discarded")
    elif recording_of(visit.settings.greetings, visit.subject) is None:
        visit.say_next(_not_recorded(visit))
    else:
        await _change(visit, lambda greetings: with_recording(greetings, visit.subject, None))
        visit.say_next("recording-deleted")
    return key.then


async def _play_kept(visit: Visit, before: tuple[str, ...], behind: tuple[str, ...]) -> None:
    """The kept recording with what stands around it; words where there is none."""
    kept = recording_of(visit.settings.greetings, visit.subject)
    media = await visit.services.own_recordings.media(visit.box.number, kept) if kept else None
    if media is None:
        visit.say_next(_not_recorded(visit))
    elif not visit.call.caller.keys:
        await play(visit.call, [*before, media, *behind], until_key=True)


def _not_recorded(visit: Visit) -> str:
    return "name-not-recorded" if visit.subject == Subject("name") else "greeting-not-recorded"


async def _change(visit: Visit, make: Callable[[Greetings], Greetings]) -> None:
    def of(model: BaseModel) -> BaseModel:
        assert isinstance(model, Greetings)
        return make(model)

    await visit.change("greetings", of)
