"""Settings of a plugin: a dataclass, read from `config:` of bot.yaml, and a JSON Schema made from it."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from dataclasses import MISSING, Field, dataclass
from typing import Any, Literal, Type, TypeVar, Union

from .errors import Problem, Problems

S = TypeVar("S")


class Secret:
    """A text that must not be seen: it prints as "***". In bot.yaml it is `env:NAME` or `file:PATH`."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    @property
    def value(self) -> str:
        """What must not be seen. It must not go into logs, errors or replies."""
        return self._value

    def __repr__(self) -> str:
        return "***" if self._value else ""

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written anywhere")


def setting(
    default: Any = MISSING, *, about: str = "", minimum: float | None = None, maximum: float | None = None
) -> Any:
    """A field of settings that says more of itself.

    about is for the schema; minimum and maximum bound a number, or the length of a text or list. Lists and dicts as
    default are copied.
    """
    metadata = {"about": about, "minimum": minimum, "maximum": maximum}
    if isinstance(default, (list, dict)):
        kind, value = type(default), default
        return dataclasses.field(default_factory=lambda: kind(value), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def read_settings(kind: Type[S], text: str) -> S:
    """Reads a JSON object into the dataclass kind. It raises Problems with every mistake at once.

    Fields without a default are required, and keys that kind has not are mistakes. A ValueError or Problems of kind's own
    __post_init__ is a problem of the object.
    """
    try:
        value = json.loads(text or "{}")
    except ValueError as e:
        raise Problems([Problem("", f"not JSON: {e}")]) from None
    problems: list[Problem] = []
    read = Reader(problems, strict=True).read(kind, value, "")
    if problems:
        raise Problems(problems)
    return typing.cast(S, read)


@dataclass
class Reader:
    """Reads JSON into dataclasses, and gathers what is wrong with it."""

    problems: list[Problem]
    strict: bool

    def read(self, kind: Any, value: Any, at: str) -> Any:
        """Returns value as kind, or None after a problem."""
        if dataclasses.is_dataclass(kind):
            return self._object(kind, value, at)
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin in (Union, types.UnionType):
            return self._union(args, value, at)
        if origin is Literal:
            return value if value in args else self._wrong(at, "one of " + ", ".join(json.dumps(a) for a in args), value)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            values = [one.value for one in kind]
            return kind(value) if value in values else self._wrong(at, "one of " + ", ".join(map(json.dumps, values)), value)
        if origin in (list, tuple):
            if not isinstance(value, list):
                return self._wrong(at, "a list", value)
            return origin(self.read(args[0], one, f"{at}[{i}]") for i, one in enumerate(value))
        if origin is dict:
            if not isinstance(value, dict):
                return self._wrong(at, "an object", value)
            return {key: self.read(args[1], one, _below(at, key)) for key, one in value.items()}
        return self._scalar(kind, value, at)

    def _union(self, kinds: tuple[Any, ...], value: Any, at: str) -> Any:
        if value is None and type(None) in kinds:
            return None
        rest = [k for k in kinds if k is not type(None)]
        for k in rest[:-1]:
            attempt = Reader([], self.strict)
            read = attempt.read(k, value, at)
            if not attempt.problems:
                return read
        return self.read(rest[-1], value, at)

    def _scalar(self, kind: Any, value: Any, at: str) -> Any:
        if kind is Any:
            return value
        if kind is bool:
            return value if isinstance(value, bool) else self._wrong(at, "true or false", value)
        if kind is int:
            whole = isinstance(value, int) and not isinstance(value, bool)
            return value if whole else self._wrong(at, "a whole number", value)
        if kind is float:
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return float(value) if number else self._wrong(at, "a number", value)
        if kind in (str, Secret):
            return kind(value) if isinstance(value, str) else self._wrong(at, "text", value)
        raise TypeError(f"settings cannot have a field of type {kind!r}")

    def _object(self, kind: Any, value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(at, "an object", value)
        before, read, hints = len(self.problems), {}, typing.get_type_hints(kind)
        fields = {f.name: f for f in dataclasses.fields(kind) if f.init}
        for key in value:
            if key not in fields and self.strict:
                self._add(_below(at, key), "unknown key; remove it or correct its spelling")
        for name, f in fields.items():
            if name in value:
                read[name] = self.read(hints[name], value[name], _below(at, name))
                self._bounds(f, value[name], read[name], _below(at, name))
            elif f.default is MISSING and f.default_factory is MISSING:
                self._add(_below(at, name), "is missing" + (f": {_about(f)}" if _about(f) else ""))
        if len(self.problems) > before:
            return None
        return self._make(kind, read, at)

    def _make(self, kind: Any, read: dict[str, Any], at: str) -> Any:
        try:
            return kind(**read)
        except Problems as e:
            for p in e.problems:
                self._add(_below(at, p.field) if p.field else at, p.message)
        except ValueError as e:
            self._add(at, str(e))
        return None

    def _bounds(self, f: Field[Any], given: Any, read: Any, at: str) -> None:
        low, high = f.metadata.get("minimum"), f.metadata.get("maximum")
        if read is None or low is None and high is None:
            return
        size = len(given) if isinstance(given, (str, list, dict)) else given
        what = "" if size is given else (" characters" if isinstance(given, str) else " entries")
        if low is not None and size < low:
            empty = low == 1 and what
            self._add(at, "must not be empty" if empty else f"must be at least {low:g}{what}, not {size}")
        if high is not None and size > high:
            self._add(at, f"must be at most {high:g}{what}, not {size}")

    def _wrong(self, at: str, wanted: str, value: Any) -> None:
        self._add(at, f"must be {wanted}, not {_named(value)}")

    def _add(self, at: str, message: str) -> None:
        self.problems.append(Problem(at, message))


def _below(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _about(f: Field[Any]) -> str:
    return str(f.metadata.get("about", ""))


def _named(value: Any) -> str:
    """Says what a value is without showing it: it may be a secret in the wrong place."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((str, "text"), ((int, float), "a number"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):  # type: ignore[arg-type]
            return name
    return type(value).__name__
