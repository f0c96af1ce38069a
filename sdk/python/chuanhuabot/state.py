"""The state of a conversation as a dataclass: saved with a turn, loaded with the next one."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any, Type, TypeVar, cast

from .content import Message
from .settings import Reader

T = TypeVar("T")


def load(kind: Type[T], message: Message) -> T:
    """Returns what the conversation saved last, or a new kind() where it saved nothing.

    kind is a dataclass whose fields all have defaults. Keys that it has not are left out, so that the next version of a
    plugin can read what the last one saved; of what it cannot read at all, it starts anew.
    """
    if not message.state:
        return kind()
    try:
        value = json.loads(message.state)
    except ValueError:
        return kind()
    reader = Reader([], strict=False)
    read = reader.read(kind, value, "")
    return kind() if reader.problems else cast(T, read)


def dump(state: Any) -> bytes:
    """Returns a dataclass as bytes for Responder.save: `await r.save(dump(game))`."""
    return json.dumps(dataclasses.asdict(state), ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    raise TypeError(f"state cannot have a value of type {type(value).__name__}")
