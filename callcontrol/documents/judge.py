"""The judge of a file: its wrong keys and wrong values, all told at once, found while it is still being read. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from itertools import islice
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from callcontrol.documents.read import MOST_FAULTS, Fault, Faulty, Place, fault, keys, keys_of, wrong_keys
from callcontrol.documents.tree import ListNode, MappingNode, Node

T = TypeVar("T")
_CODES = {"missing": "field_missing", "dataclass_type": "not_mapping", "tuple_type": "not_list"}


def validated(model: type[T], root: Node, context: object = None) -> T:
    """The model that the tree is. Raises Faulty, with MOST_FAULTS at most: nobody reads on then."""
    return Judge(model, context).result(root)


class Judge(Generic[T]):
    """Judges a file as ``model``: each entry of its lists as soon as it is read (``tree.Enough``), where all that the
    model has before that list stands before it in the file, too; the rest when all is read (``result``). What a name
    means may stand elsewhere, so nothing is judged before its turn in the model. ``context``: of its kinds of field."""

    def __init__(self, model: type[T], context: object = None) -> None:
        self._model, self._context, self._keys = model, context, keys(model)  # type: ignore[arg-type]
        self._needed = {
            each.name
            for each in fields(model)  # type: ignore[arg-type] # T is a dataclass, which a bound cannot say
            if each.default is MISSING and each.default_factory is MISSING
        }
        self._faults: list[Fault] = []
        self._values: dict[str, object] = {}
        self._turns = list(self._keys.items())
        """The keys that are not judged to their end, in the order of the model."""
        self._items: list[object] = []
        self._judged = 0
        """Of the list whose turn it is: its values, and how many of its entries are judged."""
        self._hopeless = 0
        """Mistakes of entries whose turn has not come, by their keys."""

    def __call__(self, root: MappingNode, name: str, entry: MappingNode) -> bool:
        """``entry``, one more of the list ``name`` of the file, is whole. True: enough is known to refuse all."""
        key = self._keys.get(name)
        if key is None or key.model is None or not key.many:
            self._hopeless += 1
        elif self._its_turn(root, name):
            self._keep(self._until(root, name))
        else:
            self._hopeless += sum(1 for _ in wrong_keys(entry, key.model, ()))
        return len(self._faults) + self._hopeless >= MOST_FAULTS

    def result(self, root: Node) -> T:
        """What ``root``, the whole file or as much as was read of it, is. Raises Faulty."""
        if isinstance(root, MappingNode):
            self._keep(
                fault(code, root, place, **more) for code, place, more in wrong_keys(root, self._model, ())
            )
            self._keep(self._until(root, None))
        else:
            self._keep(iter([fault("not_mapping", root, ())]))
        if self._faults:
            raise Faulty(self._faults)
        return self._model(**self._values)

    def _its_turn(self, root: MappingNode, name: str) -> bool:
        for turn, key in self._turns:
            if turn == name:
                return True
            if turn not in root and (key.field in self._needed or turn not in root.nulls):
                return False
        return False

    def _keep(self, faults: Iterator[Fault]) -> None:
        self._faults.extend(islice(faults, MOST_FAULTS - len(self._faults)))

    def _until(self, root: MappingNode, last: str | None) -> Iterator[Fault]:
        """Judge what has not been judged yet, up to and with what there is of the list ``last`` (None: everything)."""
        while self._turns:
            name, key = self._turns[0]
            node = root.get(name)
            if node is None:
                if key.field in self._needed:
                    yield fault("field_missing", root, (name,))
            elif isinstance(node, ListNode) and key.model is not None and key.many:
                while self._judged < len(node):
                    index, self._judged = self._judged, self._judged + 1
                    yield from self._judge(key.model, key.model, node[index], root, (name, index))
                if name == last:
                    return
                self._values[key.field] = tuple(self._items)
            else:
                yield from self._judge(key.hint, key.model, node, root, (name,))
                self._values.update((key.field, value) for value in self._items)
            self._items, self._judged = [], 0
            del self._turns[0]

    def _judge(self, hint: Any, model: type | None, node: Node, root: Node, place: Place) -> Iterator[Fault]:
        """The keys and the values of one node; what it becomes is one more of the items."""
        if model is not None:
            for code, where, more in keys_of(node, model, place):
                yield fault(code, root, where, **more)
        yield from _value(hint, node, root, place, self._context, self._items)


def _value(
    hint: Any, node: Node, root: Node, place: Place, context: object, into: list[object]
) -> Iterator[Fault]:
    try:
        into.append(_adapter(hint).validate_python(node, context=context))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            parameters = dict(each.get("ctx", {}))
            code = _CODES.get(each["type"], each["type"])
            for one in parameters.pop("codes", (code,)):
                yield fault(one, root, (*place, *each["loc"]), **parameters)


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)
