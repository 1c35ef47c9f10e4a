"""Reading a JSON body: what can be no right input is refused here, before anybody looks at its meaning.

Refuses what JSON allows but nothing behind can keep: NaN, numbers of thousands of digits, a name twice in one object,
endless nesting, NUL, half a surrogate pair. Never converts: what comes out is what was sent.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from aiohttp import web

from callcontrol.portal_bridge import body
from callcontrol.portal_bridge.problems import Problem, wrong_field
from callcontrol.sentences.table import sentence

LONG = 16 * 1024
"""Bytes from which a body is read beside the event loop, one at a time: who sends many of them must not keep everybody
else waiting."""
_ASIDE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="json")
DEEPEST = 32
"""Objects and lists in each other; the deepest document has 6."""


async def read_json(
    request: web.Request, language: str, media_types: tuple[str, ...], largest: int
) -> object:
    """The decoded body of at most ``largest`` bytes. Raises Problem: 415 for another type of content, 413, 408, 400."""
    if request.content_type not in media_types:
        raise Problem("unsupported-media-type", headers={"Accept": ", ".join(media_types)})
    raw = await body.whole(request, largest)
    if len(raw) < LONG:
        return _decoded(raw, language)
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, _decoded, raw, language)


def _decoded(raw: bytes, language: str) -> object:
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_int
        )
    except (ValueError, RecursionError):  # also UnicodeDecodeError and JSONDecodeError
        raise Problem("malformed") from None
    _check(value, "", language, DEEPEST)
    return value


def keepable(text: str) -> bool:
    """Whether PostgreSQL can keep this text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _int(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("a number of more than 20 digits")
    return int(digits)


def _check(value: object, where: str, language: str, depth: int) -> None:
    """Walk the whole value; it is as deep as ``depth`` at most."""
    if depth == 0:
        raise Problem("malformed")
    match value:
        case str() if not keepable(value):
            raise _impossible(where, language)
        case list():
            for index, item in enumerate(value):
                _check(item, f"{where}.{index}" if where else str(index), language, depth - 1)
        case dict():
            for name, item in value.items():
                if not keepable(name):
                    raise _impossible(where, language)
                _check(item, f"{where}.{name}"[:200] if where else name[:200], language, depth - 1)


def _impossible(where: str, language: str) -> Problem:
    return wrong_field(where, sentence("character_impossible", language))
