"""``docs/star-codes.md`` is the table of star codes, exactly. After a change:
``python -m tests.unit.codes.test_codes_page``."""

from __future__ import annotations

from pathlib import Path

from callcontrol.star_codes import TABLE, Code

PAGE = Path(__file__).parents[3] / "docs" / "star-codes.md"
HEAD = """# Star codes

Dialled on a line's own phone, as `callcontrol/star_codes.py` says it; they change the same settings as the API,
at once. A `#` at the end is allowed. A forward code takes its number in one go (`*72` and the number) or asks
for it; it reads back what is set: `1` or a hangup confirms, `2` puts back what was set before and asks again.
What cannot be is refused with its reason, and nothing is changed.

A code is dialled whole (en bloc); its number may follow at once or be typed while the voice still asks for it. Half a
code is announced as unknown (404), never as incomplete (484): switch dialling digit by digit off (overlap, *early
dial*).

| code | in French | in English | followed by | changes a setting | advanced manager |
|---|---|---|---|---|---|
"""
FOLLOWED = {"none": "", "optional": "a number, or it is asked for", "required": "a number"}
FOOT = """
*Changes a setting*: the barring class *codes d'accès qui changent la configuration*; all of them are in *codes
d'accès*. *Advanced manager*: "rules" means that the code only says that rules do this there. `*72` keeps what
was chosen before, weekly plan included, and `*73` goes back to it. `*45` and `*46` tell a line of no group that
it is in none, and the member of one that this service is not available yet.

`*60`, `*61` and `*63` open one dialogue: `1` adds the last caller, `#` a number, `*` takes one off, `3`
switches the list on or off. `*69` says the last caller's number and time, also of one who leaves a message right
now, and `1` calls back; `*66` calls the number dialled last: barring and limits are those of every call. When that
is a line of ours that holds all the calls it may, it is watched for 30 minutes and rung back as soon as it holds none;
`*86` ends that.

`*310` asks for a time of today, in four digits (`hhmm`); `*314` for a time and then the days, ended by `#`: `1`
(Monday) to `7`, one or several, `8` working days, `9` every day. What is read back is set already: `1` or a hangup
keeps it, `2` takes it away again, `3` records an announcement for it. `*312` and `*316` go through the reminders: `1`
cancels the one that was just said, any other key or silence goes on, `*` ends. At most twenty wait on a line. At its
time the line's phones ring, whatever the line forwards: `1` or two seconds of silence play the reminder, `2` is
"again in ten minutes".
"""


def page() -> str:
    return HEAD + "".join(map(_row, TABLE)) + FOOT


def _row(code: Code) -> str:
    changes, rules = "yes" if code.changes else "", "rules" if code.simple else ""
    return f"| `{code.code}` | {code.fr} | {code.en} | {FOLLOWED[code.argument]} | {changes} | {rules} |\n"


def test_the_page_of_the_codes_is_their_table() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
