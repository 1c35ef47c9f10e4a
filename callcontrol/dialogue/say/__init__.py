"""Puts numbers, dates and times together from recorded words: each function returns the prompt ids to play.

Pure: no I/O, no clock. Asterisk's own ``Say…`` must never be used for French: it has no feminine, cuts
"soixante-douze" in two and puts the day of the month before the day of the week.
Every id returned here is a file of ``sounds/`` in both languages; a test goes through all of them.
"""

from callcontrol.dialogue.say.counts import Noun, count, counts
from callcontrol.dialogue.say.figures import digits, integer, phone_number
from callcontrol.dialogue.say.times import date, day, duration, every, hours, moment, time_of_day

__all__ = [
    "Noun",
    "count",
    "counts",
    "date",
    "day",
    "digits",
    "duration",
    "every",
    "hours",
    "integer",
    "moment",
    "phone_number",
    "time_of_day",
]
