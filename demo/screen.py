"""What the film shows on the terminal: numbered scenes, narration, what was really seen or heard, quotations.

Only prints. Colours on a terminal, unless ``NO_COLOR`` is set (no-color.org); plain text everywhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence

_NARROWEST, _WIDEST = 60, 110
"""Columns: as many as the terminal has, within these; 100 where there is none."""
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """The terminal. Scenes are numbered from 1."""

    def __init__(self) -> None:
        self._colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
        self.scenes = 0

    def title(self, text: str) -> None:
        """The first line of the film."""
        self._print(self._styled(text, "1"))

    def scene(self, name: str) -> None:
        """A new scene begins."""
        self.scenes += 1
        self._print()
        self._print(self._styled(f"{self.scenes}. {name}", "1"))

    def tell(self, text: str) -> None:
        """Narration: what somebody does now."""
        self._wrapped(text, "   ", "   ")

    def seen(self, text: str) -> None:
        """Something that was checked and is so. Never called before the check."""
        self._wrapped(text, f"   {self._styled('✓', '32')} ", "     ")

    def quote(self, lines: Sequence[str]) -> None:
        """The product's own words."""
        for line in lines:
            self._wrapped(line, f"     {self._styled('|', '36')} ", f"     {self._styled('|', '36')}   ")

    def failed(self, text: str) -> None:
        """The film stops here."""
        self._wrapped(text, f"   {self._styled('✗', '31')} ", "     ")

    def aside(self, text: str) -> None:
        """A remark about the film itself."""
        self._print()
        self._wrapped(text, "", "")

    def _wrapped(self, text: str, first: str, others: str) -> None:
        # The escape codes of a prefix have no width on the screen: wrap the bare text, then put the prefix before it.
        room = self._width - len(_ESCAPE.sub("", others))
        for number, line in enumerate(textwrap.wrap(text, room) or [""]):
            self._print(f"{others if number else first}{line}")

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text

    def _print(self, line: str = "") -> None:
        print(line, flush=True)
