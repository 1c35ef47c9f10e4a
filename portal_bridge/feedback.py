"""What a user writes to the company's ``support_email`` (guide 2.12.3), the same for page and API: a mail."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from callcontrol.documents.fields import refuse
from callcontrol.errors import NotPossible
from callcontrol.facts import Line
from callcontrol.mails.mail import Feedback
from callcontrol.portal_bridge.api.models import RequestBody
from callcontrol.portal_bridge.auth import Gate
from callcontrol.sentences.table import mistake

LONGEST = 4000
"""Characters."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _readable(value: str) -> str:
    if any(ord(character) < 32 and character not in "\n\r\t" for character in value):
        raise refuse("character_impossible")
    return value


class FeedbackIn(RequestBody):
    """A problem, or a wish."""

    text: Annotated[
        str, BeforeValidator(_trimmed), Field(min_length=1, max_length=LONGEST), AfterValidator(_readable)
    ]


async def send(gate: Gate, line: Line, given: FeedbackIn, language: str) -> None:
    """Raises NotPossible where the company names no support; Problem ``too-many-requests``; StoreDown."""
    services, repositories = gate.services, gate.repositories
    company = services.directory().company(line.company)
    if company.support_email is None:
        raise NotPossible([mistake("no_support", "text", language)])
    await gate.feedback_pace.step(line.number)
    answer_to = (await repositories.lines.secrets(line.number)).email
    mail = Feedback(
        account=line.number, language=company.language, name=line.name, text=given.text, answer_to=answer_to
    )
    await repositories.mails.queue(mail, [company.support_email], services.clock.now(), line=line.number)
