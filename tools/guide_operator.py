"""Who takes part in the try of the operator's guide (tools/try_guide.sh): the operator of its trunk, and two phones.

``operator``: takes registrations and calls at 127.0.0.77:5080 until it is ended, and answers every call.
``calls COMPANY``: two lines register, one calls the other, then a mobile through the operator.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import yaml

from rig import Phone, Request, Trunk, both_hear
from rig.transaction import ServerTransaction
from rig.transport import Address

OPERATOR = ("127.0.0.77", 5080)
SERVER = ("127.0.0.1", 5060)


class Operator(Trunk):
    """A registrar that believes everybody."""

    def _on_new_request(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        if request.method == "REGISTER":
            contact = request.header("Contact") or ""
            self.reply(transaction, 200, headers=[("Contact", f"{contact};expires=300"), ("Expires", "300")])
        else:
            super()._on_new_request(request, transaction, source)


async def operator() -> None:
    """Until it is ended."""
    async with Operator(host=OPERATOR[0], port=OPERATOR[1], name="operator") as there:
        there.auto_answer(0.5)
        await asyncio.Event().wait()


async def calls(one: dict[str, str], other: dict[str, str]) -> None:
    """The first calls of the guide. Fails with an AssertionError."""
    async with (
        Phone(one["number"], one["sip_password"], SERVER) as first,
        Phone(other["number"], other["sip_password"], SERVER) as second,
    ):
        for phone in (first, second):
            await phone.register()
        call = await first.invite(other["extension"])
        ring = await second.incoming()
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
        print("a colleague was called, and both heard each other")
        call = await first.invite("0612345678")
        await call.answered(within=10)
        await call.hang_up()
        print("a mobile was called through the operator")


if __name__ == "__main__":
    if sys.argv[1] == "operator":
        asyncio.run(operator())
    else:
        asyncio.run(calls(*yaml.safe_load(Path(sys.argv[2]).read_text(encoding="utf-8"))["lines"][:2]))
