"""The mails that reached an address, as its owner's mail program reads them."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from tests.e2e.office import Office, eventually


async def mails_to(office: Office, address: str, *, saying: str = "") -> list[EmailMessage]:
    """Every mail that the catch-all server took for an address, once there is one; ``saying`` so in its plain text."""

    async def found() -> list[EmailMessage] | None:
        raw = [path.read_bytes() for path in office.stack.mails()]
        parsed = [BytesParser(EmailMessage, policy=policy.default).parsebytes(mail) for mail in raw]
        return [
            mail for mail in parsed if mail["X-Envelope-To"] == address and saying in text_of(mail)
        ] or None

    return await eventually(found, f"a mail to {address}", within=15)


def text_of(mail: EmailMessage) -> str:
    """Its plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
