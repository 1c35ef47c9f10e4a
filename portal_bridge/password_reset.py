"""A lost password (spec §10.1): a link by mail, good for one hour and one use.

The link is signed when the mail is written, so that neither the database nor the outbox holds one. Whether a number
exists, or has an address, is not to be learnt here: neither from the answer nor from its time.
"""

from __future__ import annotations

import asyncio

import structlog

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.errors import NotFound
from callcontrol.facts import Line
from callcontrol.mails.links import LinkSigner
from callcontrol.portal_bridge import own_secrets
from callcontrol.portal_bridge.auth import Asker, Gate
from callcontrol.security_event import source
from callcontrol.store.password_resets import PasswordResets

log = structlog.get_logger()

ANSWER_AFTER = 0.25
"""Seconds: whatever is done for a number is done by then, and nobody is answered sooner."""


async def ask(gate: Gate, asker: Asker, number: str) -> None:
    """Mail a link to the owner of ``number``, where there is one with an address. Raises Problem
    ``too-many-requests``."""
    loop = asyncio.get_running_loop()
    answer_at = loop.time() + ANSWER_AFTER
    await gate.reset_pace.step(source(asker.address))
    line = gate.services.directory().account(number[:100])
    if line is not None:
        sent = await PasswordResets(gate.services.pool).ask(line.number, gate.services.clock.now())
        log.info("web.password_reset_asked", line=numbers.redact(line.number), mailed=sent)
    await asyncio.sleep(max(0.0, answer_at - loop.time()))


async def account(gate: Gate, token: str) -> Line | None:
    """Whose password the link replaces; None when it is used up, too old, or none of ours."""
    reset = _read(gate, token)
    if reset is None:
        return None
    number = await PasswordResets(gate.services.pool).account(reset, gate.services.clock.now())
    return gate.services.directory().account(number) if number else None


async def use(gate: Gate, token: str, new: str) -> bool:
    """Replace the password, which has been judged; False when somebody was quicker, or it is too late."""
    reset = _read(gate, token)
    now = gate.services.clock.now()
    number = await PasswordResets(gate.services.pool).use(reset, now) if reset else None
    line = gate.services.directory().account(number) if number else None
    if line is None:
        return False
    try:
        await own_secrets.set_password(
            gate.repositories, line, new, by=ChangedBy(line.number, Where.PORTAL, now)
        )
    except NotFound:
        return False
    return True


def _read(gate: Gate, token: str) -> str | None:
    return LinkSigner(gate.services.config.link_key).read_reset(token, gate.services.clock.now())
