"""The exceptions that are not bugs. Busy, no answer, a wrong PIN or a time-out are data, never exceptions."""

from __future__ import annotations

import errno
from collections.abc import Sequence

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""``errno`` of an OSError: the disk, or our share of it, is full."""


class CallControlError(Exception):
    """Any error of this product that has a sentence for the person who caused or meets it."""


class ChannelGone(CallControlError):
    """A command named a channel that no longer exists (ARI 404, or 409 while it hangs up)."""

    def __init__(self, channel: str) -> None:
        super().__init__(f"the channel {channel} is gone")
        self.channel = channel


class CallerHungUp(CallControlError):
    """The caller left. Raised from any awaited verb of ``Call``, caught once, in ``lifecycle.live_calls``."""


class PhoneSystemDown(CallControlError):
    """Asterisk does not answer. A call that meets this is ended, in Asterisk too as soon as that answers again."""


class CommandLost(PhoneSystemDown):
    """The connection broke while a command was under way that must not be given twice: nobody knows whether it was
    carried out."""


class PhoneSystemRefused(CallControlError):
    """Asterisk refused a command (4xx/5xx that is no ChannelGone); its text says why."""

    def __init__(self, command: str, status: int, text: str) -> None:
        super().__init__(f"{command}: {status} {text}")
        self.status = status


class CallSideDown(CallControlError):
    """The process that holds the calls does not answer the web; calls themselves may go on."""


class StoreDown(CallControlError):
    """PostgreSQL does not answer; what had to be written waits in the journal."""


class ConfigError(CallControlError):
    """The configuration cannot be used; the text has one sentence a line, each naming a key and where it stands."""


class SettingsInvalid(CallControlError):
    """A settings document, company file or form cannot be right; ``mistakes`` has one sentence per field."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{m.where}: {m.text}" for m in mistakes))
        self.mistakes = mistakes


class Duplicate(SettingsInvalid):
    """What is to be kept would be there twice: another one has its name or number; ``mistakes`` says which field."""


class NotPossible(SettingsInvalid):
    """What is asked for is right in itself and cannot be done as things stand; ``mistakes`` says why."""


class VersionConflict(CallControlError):
    """Somebody else changed the document since it was read; nothing was written."""

    def __init__(self, document: str, expected: int, found: int) -> None:
        super().__init__(f"{document} was changed meanwhile (version {found}, not {expected})")
        self.found = found


class Overtaken(CallControlError):
    """Others changed the document each time that a change of any version was to be written; nothing was."""


class GroupCircle(CallControlError):
    """A contact group would be inside itself."""


class NameTaken(CallControlError):
    """Another contact group of this line has this name, or another saved number is the same."""


class InUse(CallControlError):
    """What is to be removed is still named by ``documents``."""

    def __init__(self, documents: Sequence[str]) -> None:
        super().__init__(", ".join(documents))
        self.documents = tuple(documents)


class TooMany(CallControlError):
    """There are as many of them as there may be."""


class NotInForce(CallControlError):
    """A change is kept, but the calls do not know it yet: the database went away between the two. They learn it as
    soon as it is back."""


class Mistake:
    """One wrong field: where it is (dotted path, with a line number for files) and one clear sentence."""

    __slots__ = ("line", "text", "where")

    def __init__(self, where: str, text: str, line: int | None = None) -> None:
        self.where = where
        self.text = text
        self.line = line

    def __repr__(self) -> str:
        return f"Mistake({self.where!r}, {self.text!r}, line={self.line})"


class NotFound(CallControlError):
    """The thing asked for does not exist, or is not the asker's to see."""


class UnusableSound(CallControlError):
    """A recording cannot be used; ``code`` is one of ``sentences/sounds.py``, with its ``parameters``."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters
