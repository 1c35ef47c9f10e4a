"""Logging: one line for each event, with its call id; never a secret, a digit string or a full number (spec §13).

Who logs a number names it by ``numbers.redact``. What others word (the text of an exception, what Asterisk says) is
masked here, for every line alike.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import Any, Protocol, TextIO

import structlog

from callcontrol.redaction import without_numbers

IDS = frozenset({"event", "level", "timestamp", "call", "by", "leg", "channel", "channels", "incident"})
"""Fields of our own words and ids, in which digits are no numbers."""
TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Without the values of local variables: numbers and PINs are among them."""


class Raw(Protocol):
    """Where bytes go, unbuffered: what was not written is known."""

    def write(self, data: bytes, /) -> int | None: ...


class Unfailing:
    """A stream for log lines that never fails: a disk that is full must not end the call that has something to say.

    What it could not write is counted, and told once there is room again.
    """

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._rest = b""
        """The end of a line of which the disk took the beginning."""
        self._lost = 0

    def write(self, text: str) -> int:
        lost = (
            f'{{"event": "log.lines_lost", "level": "warning", "lines": {self._lost}}}\n'
            if self._lost
            else ""
        )
        whole = self._rest + f"{lost}{text}".encode("utf-8", "backslashreplace")
        try:
            written = self._raw.write(whole) or 0
        except OSError:
            written = 0
        if written:
            self._rest, self._lost = whole[written:], 0
        else:
            self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""


class _Text:
    """A stream that is no file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        self._stream.write(data.decode("utf-8"))
        return len(data)


def _raw(stream: TextIO) -> Raw:
    try:
        return open(stream.fileno(), "wb", buffering=0, closefd=False)  # for as long as we live
    except io.UnsupportedOperation:
        return _Text(stream)


def configure(level: str) -> None:
    """Log to standard error: for people on a terminal, as JSON lines otherwise."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    out: TextIO = Unfailing(_raw(sys.stderr))  # type: ignore[assignment]
    logging.basicConfig(level=number, stream=out, format="%(message)s")
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if sys.stderr.isatty() else TRACEBACKS,
            mask_numbers,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )


def mask_numbers(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """No number is left in what is logged, whoever worded it."""
    for name, value in event.items():
        if name not in IDS:
            event[name] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_numbers(value)
    if isinstance(value, dict):
        return {name: _masked(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(each) for each in value]
    return value
