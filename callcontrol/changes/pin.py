"""Changing the PIN of a box: the rules, the audit entry, and the word to its owner, whoever changes it."""

from __future__ import annotations

from callcontrol.changed_by import ChangedBy
from callcontrol.facts import Line
from callcontrol.pins import pin_faults
from callcontrol.ports.mailbox import BoxAccess, Notices


async def change_pin(
    access: BoxAccess, notices: Notices, line: Line, pin: str, *, by: ChangedBy
) -> list[str]:
    """Make ``pin`` the PIN of ``line``; gives the rules that it breaks (``pins.pin_faults``): then nothing changes.

    It counts for the next question at once. Raises NotFound (the line is gone), StoreDown.
    """
    own = [number for number in (line.number, line.extension, line.fax_number) if number]
    faults = pin_faults(pin, own)
    if not faults:
        await access.set_pin(line.number, pin, by)
        await notices.pin_changed(line.number, by)
    return faults
