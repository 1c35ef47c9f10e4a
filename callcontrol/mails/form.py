"""A mail's words as plain text and HTML, and both with what is attached as a message of RFC 5322. Pure.

Whatever stands in a name or a number, it stays text: control characters go, headers are folded by the library, HTML is
escaped. The same mail gives the same message each time but for its MIME boundaries: its id and date are those of the
moment at which it was queued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from html import escape

from callcontrol.mails.text import Text, one_line

LONGEST_SUBJECT = 150
"""Characters: more is cut off with ``…``; nobody reads it, and some servers refuse it."""
_SENDER = {"fr": "Service de Notification", "en": "Notification Service"}
_COLON = {"fr": "\N{NO-BREAK SPACE}:", "en": ":"}
_STYLE = "font:16px/1.5 Arial,Helvetica,sans-serif;color:#1b1b1b;background:#ffffff;margin:0;padding:16px"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    kind: str
    """``audio/wav``, ``application/pdf``."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom (an address alone; ``sender_name`` in place of the usual one), to whom, when, and under which id
    (without brackets)."""

    sender: str
    address: str
    date: datetime
    message_id: str
    sender_name: str | None = None


def message(text: Text, envelope: Envelope, attachment: Attachment | None = None) -> bytes:
    """The whole message, lines ended by CR LF, seven bits; eight (RFC 6531) where an address needs it. Blocks for as
    long as an attachment of some megabytes is encoded."""
    policy = SMTP if envelope.address.isascii() else SMTPUTF8
    mail = EmailMessage(policy)
    name = envelope.sender_name or _SENDER.get(text.language, _SENDER["fr"])
    mail["From"] = Address(name, addr_spec=envelope.sender)
    mail["To"] = envelope.address
    mail["Subject"] = one_line(text.subject, LONGEST_SUBJECT)
    mail["Date"] = envelope.date
    mail["Message-ID"] = f"<{envelope.message_id}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    if text.urgent:
        mail["Importance"] = "high"
    mail.set_content(plain(text), cte="quoted-printable")
    mail.add_alternative(html(text), subtype="html", cte="quoted-printable")
    if attachment is not None:
        major, _, minor = attachment.kind.partition("/")
        mail.add_attachment(attachment.content, major, minor, filename=attachment.name)
    return mail.as_bytes()


def plain(text: Text) -> str:
    """The plain text."""
    colon = _COLON.get(text.language, ":")
    parts = [one_line(paragraph) for paragraph in text.paragraphs]
    if text.details:
        parts.insert(1, "\n".join(f"{label}{colon} {one_line(value)}" for label, value in text.details))
    parts += [f"{link.label}{colon}\n{link.address}" for link in text.links]
    return "\n\n".join(parts) + "\n"


def html(text: Text) -> str:
    """The same in HTML, without pictures, scripts or anything from elsewhere."""
    first, *rest = (f"<p>{escape(one_line(paragraph))}</p>" for paragraph in text.paragraphs)
    details = "".join(
        f'<tr><th scope="row" style="text-align:left;padding:2px 16px 2px 0;color:#4a4f57;font-weight:normal">'
        f'{escape(label)}</th><td style="padding:2px 0;overflow-wrap:anywhere">{escape(one_line(value))}</td></tr>'
        for label, value in text.details
    )
    table = f'<table style="border-collapse:collapse;margin:0 0 16px">{details}</table>' if details else ""
    links = "".join(
        f'<li style="margin:0 0 8px"><a href="{escape(link.address)}" style="color:#12479a">'
        f"{escape(link.label)}</a></li>"
        for link in text.links
    )
    listed = f'<ul style="padding:0 0 0 20px">{links}</ul>' if links else ""
    subject = escape(one_line(text.subject, LONGEST_SUBJECT))
    return (
        f'<!doctype html><html lang="{escape(text.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{subject}</title></head>'
        f'<body style="{_STYLE}"><div style="max-width:40em">{first}{table}{"".join(rest)}{listed}</div>'
        "</body></html>\n"
    )
