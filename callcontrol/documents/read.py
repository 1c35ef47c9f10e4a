"""What stands between the tree of a file and its model: the keys of a model, and what can be wrong, and where. Pure.

Keys that do not exist or stand there twice are found by walking over the tree beside the model, wrong values by
pydantic (``judge.py``): all are told at once. Whoever reads a file makes sentences of the faults.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from callcontrol.documents.tree import ListNode, MappingNode, Node, Scalar

MOST_FAULTS = 5100
"""With more than these it is no such file."""
Place = tuple[int | str, ...]
_WrongKey = tuple[str, Place, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``where`` is a dotted path, ``text`` what stands there."""

    code: str
    where: str
    line: int
    place: Place
    parameters: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    @property
    def meant(self) -> str | None:
        """The key that was probably meant by one that does not exist."""
        name = str(self.place[-1]) if self.place else ""
        known = self.parameters.get("known", ()) if len(name) <= 40 else ()
        return next(iter(difflib.get_close_matches(name, known, 1)), None)


class Faulty(Exception):
    """A file cannot be right; ``faults`` has all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def fault(code: str, root: Node, place: Place, /, *, at: int | None = None, **parameters: object) -> Fault:
    """A fault at a place of the tree, or at the line ``at``; of a key that is not there, it is that of its mapping."""
    where, line, node = "", root.line, root
    for part in place:
        match node, part:
            case ListNode(), int(index):
                where, node = f"{where}[{index}]", node[index]
                line = node.line
            case _, str(name):
                short = name if len(name) <= 40 else f"{name[:37]}…"
                where = f"{where}.{short}" if where else short
                line = node.lines.get(name, node.line) if isinstance(node, MappingNode) else line
                node = node.get(name, Scalar("", line, True)) if isinstance(node, MappingNode) else node
    if code == "not_mapping":
        line = node.line
    if place and code in ("field_missing", "unknown_key", "repeated_key"):
        parameters["name"] = place[-1]
    text = (
        node
        if isinstance(node, Scalar)
        else ",".join(map(str, node[:20]))
        if isinstance(node, ListNode)
        else ""
    )
    return Fault(code, where, at or line, place, parameters, text)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a model: its field and type with the kinds that read it, what it means, and the model below it, if any;
    ``many``: a list of that model."""

    field: str
    hint: Any
    means: str
    model: type | None
    many: bool


@cache
def keys(model: type) -> Mapping[str, Key]:
    """The keys of a mapping that is read as ``model``, in their order."""
    hints = get_type_hints(model, include_extras=True)
    found = {}
    for each in fields(model):
        hint = hints[each.name]
        metadata = getattr(hint, "__metadata__", ())
        if means := next((one for one in metadata if isinstance(one, str)), None):
            alias = next(
                (one.alias for one in metadata if isinstance(one, FieldInfo) and one.alias), each.name
            )
            below = next((one.model for one in metadata if hasattr(one, "model")), None) or _model_in(hint)
            found[alias] = Key(each.name, hint, means, below, get_origin(hint.__origin__) is tuple)
    return found


def keys_of(node: Node, model: type, place: Place) -> Iterator[_WrongKey]:
    """The keys that are wrong. Notes the line of each mapping whose model has a field ``at``."""
    if isinstance(node, ListNode):
        for index, item in enumerate(node):
            yield from keys_of(item, model, (*place, index))
    elif isinstance(node, MappingNode):
        _, inner, located = _shape(model)
        yield from wrong_keys(node, model, place)
        if located:
            node["at"] = node.line  # type: ignore[assignment] # a number for pydantic, which never was in the file
        for name, below in inner:
            if name in node:
                yield from keys_of(node[name], below, (*place, name))


def wrong_keys(node: MappingNode, model: type, place: Place) -> Iterator[_WrongKey]:
    """The keys of this mapping itself that are wrong."""
    if not node.repeated and not node.nulls and node.keys() <= _shape(model)[0]:
        return
    known = keys(model)
    for name in (*node, *node.nulls):
        if name not in known:
            yield "unknown_key", (*place, name), {"known": tuple(known)}
    for line, name in node.repeated:
        if name in known:
            yield "repeated_key", (*place, name), {"at": line}


@cache
def _shape(model: type) -> tuple[frozenset[str], tuple[tuple[str, type], ...], bool]:
    known = keys(model)
    inner = tuple((name, key.model) for name, key in known.items() if key.model is not None)
    return frozenset(known), inner, any(each.name == "at" for each in fields(model))


def _model_in(hint: Any) -> type | None:
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return hint
    return next((found for each in get_args(hint) if (found := _model_in(each))), None)
