"""The operator of the ``firm``, and how the firm sees its trunk."""

from __future__ import annotations

from typing import Any

from rig.operator import Operator
from tests.e2e.office import Office, eventually
from tests.e2e.web import logged_in
from tests.stack import Stack

ACCOUNT, PASSWORD = "acct-4711", "s;cret"
MAIN = "0223300040"
"""What is called where nothing but the account is named."""
TRUNK: dict[str, object] = {
    "register": True, "user": ACCOUNT, "password": PASSWORD, "qualify": 1, "retry": 1, "number": MAIN,
    "from_domain": "operator.example", "codecs": ["alaw"],
}  # fmt: skip


def operator(stack: Stack) -> Operator:
    """The operator, at the trunk's address; it knows of no registration yet."""
    return Operator(ACCOUNT, PASSWORD, server=stack.sip_server, port=stack.trunk_port)


async def trunk_shows(office: Office, **wanted: Any) -> dict[str, Any]:
    """The trunk in the administrator's API, once it has these values."""

    async with logged_in(office) as chief:

        async def found() -> dict[str, Any] | None:
            (trunk,) = (await chief.get("trunks"))["items"]
            shown: dict[str, Any] = trunk
            return shown if all(shown[name] == value for name, value in wanted.items()) else None

        return await eventually(found, f"the trunk shows {wanted}", within=20)
