"""Problem details (RFC 9457): the one form in which the web says no.

Pure. A problem carries a kind of ``texts.PROBLEMS``, one sentence for each wrong field, and nothing of the inside:
no exception text, no SQL, no path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from callcontrol.errors import Mistake
from callcontrol.portal_bridge.texts import PROBLEMS

MEDIA_TYPE = "application/problem+json"
DOCUMENTATION = "/api/docs#problem-"
"""What the kind's name is put after to make the ``type``: it leads to the page that explains it."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: ``field`` is a dotted path in the body, or the name of a parameter or header."""

    field: str
    message: str


@dataclass(slots=True)
class Problem(Exception):
    """Raised to end a request with a problem. ``kind`` is one of ``texts.PROBLEMS``; ``detail`` replaces its
    sentence where there is something better to say (in the user's language)."""

    kind: str
    detail: str | None = None
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    incident: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in PROBLEMS:
            raise KeyError(self.kind)

    def __str__(self) -> str:
        return self.kind


def from_mistakes(mistakes: Sequence[Mistake], kind: str = "invalid") -> Problem:
    """The problem that tells every mistake of a document."""
    return Problem(kind, errors=tuple(FieldError(each.where, each.text) for each in mistakes))


def wrong_field(name: str, message: str, kind: str = "invalid") -> Problem:
    """The problem of a single wrong field."""
    return Problem(kind, errors=(FieldError(name, message),))


def document(problem: Problem, language: str) -> dict[str, object]:
    """The members of a problem. ``title`` is the kind's sentence; ``detail`` names what is wrong when that is one
    thing."""
    kind = PROBLEMS[problem.kind]
    title = kind.text(language)
    only = problem.errors[0].message if len(problem.errors) == 1 else title
    members: dict[str, object] = {
        "type": f"{DOCUMENTATION}{problem.kind}",
        "title": title,
        "status": problem.status or kind.status,
        "detail": problem.detail or only,
    }
    if problem.errors:
        members["errors"] = [{"field": each.field, "message": each.message} for each in problem.errors]
    if problem.incident:
        members["incident"] = problem.incident
    return members


def respond(problem: Problem, language: str) -> web.Response:
    """The answer that a problem is."""
    members = document(problem, language)
    return web.Response(
        status=problem.status or PROBLEMS[problem.kind].status,
        body=json.dumps(members, ensure_ascii=False).encode("utf-8", "replace"),
        headers={"Content-Type": MEDIA_TYPE, "Content-Language": language, **problem.headers},
    )
