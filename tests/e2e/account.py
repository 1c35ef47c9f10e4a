"""The operator of the ``firm``, and how the firm sees its trunk."""

from __future__ import annotations

from typing import Any

from rig.operator import Operator
from tests.e2e.office import Office, eventually
from tests.e2e.web import logged_in
from tests.stack import Stack, free_ports

ACCOUNT, PASSWORD = "acct-4711", "s;cret"
MAIN = "0223300040"
"""What is called where nothing but the account is named."""
TRUNK: dict[str, object] = {
    "register": True, "user": ACCOUNT, "password": PASSWORD, "qualify": 1, "retry": 1, "number": MAIN,
    "from_domain": "operator.example", "codecs": ["alaw"],
}  # fmt: skip

SPARE: dict[str, object] = {
    "name": "spare", "host": "127.0.0.1", "port": free_ports().trunk, "match": ["127.0.0.9"], "qualify": 0,
    "from_user": "0970711059",
}  # fmt: skip
"""A second trunk, whose operator wants its account in From."""


def operator(stack: Stack) -> Operator:
    """The operator, at the trunk's address; it knows of no registration yet."""
    return Operator(ACCOUNT, PASSWORD, server=stack.sip_server, port=stack.trunk_port)


async def trunk_shows(office: Office, *, refused_with: int | None = None, **wanted: Any) -> dict[str, Any]:
    """The account's trunk in the administrator's API, once it has these values; ``refused_with``: the last refusal's
    status."""

    async with logged_in(office) as chief:

        async def found() -> dict[str, Any] | None:
            shown: dict[str, Any] = (await chief.get("trunks"))["items"][0]
            status = (shown["last_refusal"] or {}).get("status")
            as_wanted = all(shown[name] == value for name, value in wanted.items())
            return shown if as_wanted and refused_with in (None, status) else None

        return await eventually(found, f"the trunk shows {wanted} {refused_with or ''}", within=20)
