"""Quoted strings and separators of SIP headers (RFC 3261 §25.1): pure text helpers, nothing else."""

from __future__ import annotations


def quote(text: str) -> str:
    """`text` as a quoted-string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquote(text: str) -> str:
    """The content of a quoted-string; any other text is returned as it is."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text
    out: list[str] = []
    escaped = False
    for char in text[1:-1]:
        if char == "\\" and not escaped:
            escaped = True
            continue
        out.append(char)
        escaped = False
    return "".join(out)


def split_outside(text: str, separator: str, *, brackets: bool = True, most: int = -1) -> list[str]:
    """Split at `separator` where it stands outside quotes and, if `brackets`, outside `<...>`.

    `most` limits the number of splits (-1: no limit).
    """
    parts: list[str] = []
    start = depth = 0
    quoted = escaped = False
    for index, char in enumerate(text):
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char == separator and depth == 0 and most != 0:
            parts.append(text[start:index])
            start = index + 1
            most -= 1
        elif brackets and char == "<":
            depth += 1
        elif brackets and char == ">":
            depth = max(0, depth - 1)
    parts.append(text[start:])
    return parts
