"""Holds settings, their schema, and state."""

from __future__ import annotations

import enum
import json
import pickle
import unittest
from dataclasses import dataclass, field
from typing import Any, Literal

from chuanhuabot import Message, Problem, Problems, Secret, Text, dump, load, read_settings, schema_of, setting


class Unit(enum.Enum):
    C = "celsius"
    F = "fahrenheit"


@dataclass
class Backend:
    url: str
    key: Secret = Secret()

    def __post_init__(self) -> None:
        if not self.url.startswith("http"):
            raise Problems([Problem("url", "must be a URL")])


@dataclass
class Settings:
    """Settings of the weather."""

    city: str = setting(about="Where, if nobody says.", minimum=1)
    backend: Backend
    days: int = setting(3, minimum=1, maximum=7)
    ratio: float = 0.5
    unit: Unit = Unit.C
    style: Literal["short", "long"] = "short"
    names: list[str] = setting([], maximum=2)
    limits: dict[str, int] = field(default_factory=dict)
    proxy: str | None = None
    loud: bool = False

    def __post_init__(self) -> None:
        if self.city == "Atlantis":
            raise ValueError("Atlantis has no weather")


GOOD = {"city": "北京", "backend": {"url": "http://x", "key": "s3cret"}}


def read(**more: Any) -> Settings:
    return read_settings(Settings, json.dumps({**GOOD, **more}))


class Reading(unittest.TestCase):
    def test_good(self) -> None:
        s = read(days=7, ratio=1, unit="fahrenheit", style="long", names=["a"], limits={"a": 1}, proxy="p", loud=True)
        self.assertEqual(s, Settings("北京", Backend("http://x", Secret("s3cret")), 7, 1.0, Unit.F, "long", ["a"], {"a": 1}, "p", True))
        self.assertIsInstance(s.ratio, float)
        self.assertEqual(s.backend.key.value, "s3cret")
        self.assertIsNot(read().names, read().names)

    def test_mistakes(self) -> None:
        for more, *want in (
            ({"city": ""}, "city: must not be empty"),
            ({"city": 5}, "city: must be text, not a number"),
            ({"city": "Atlantis"}, "Atlantis has no weather"),
            ({"backend": "x"}, "backend: must be an object, not text"),
            ({"backend": {}}, "backend.url: is missing"),
            ({"backend": {"url": "ftp"}}, "backend.url: must be a URL"),
            ({"backend": {"url": "http", "kye": ""}}, "backend.kye: unknown key; remove it or correct its spelling"),
            ({"backend": {"url": "http", "key": 1}}, "backend.key: must be text, not a number"),
            ({"days": 0}, "days: must be at least 1, not 0"),
            ({"days": 8}, "days: must be at most 7, not 8"),
            ({"days": "3"}, "days: must be a whole number, not text"),
            ({"days": 3.5}, "days: must be a whole number, not a number"),
            ({"days": True}, "days: must be a whole number, not true or false"),
            ({"ratio": "x"}, "ratio: must be a number, not text"),
            ({"unit": "kelvin"}, 'unit: must be one of "celsius", "fahrenheit", not text'),
            ({"style": None}, 'style: must be one of "short", "long", not nothing'),
            ({"names": ["a", 1]}, "names[1]: must be text, not a number"),
            ({"names": ["a", "b", "c"]}, "names: must be at most 2 entries, not 3"),
            ({"limits": {"a": "b"}}, "limits.a: must be a whole number, not text"),
            ({"limits": []}, "limits: must be an object, not a list"),
            ({"proxy": 1}, "proxy: must be text, not a number"),
            ({"loud": 1, "lound": 1}, "lound: unknown key; remove it or correct its spelling", "loud: must be true or false, not a number"),
        ):
            with self.subTest(more):
                with self.assertRaises(Problems) as e:
                    read(**more)
                self.assertEqual([str(p) for p in e.exception.problems], want)

    def test_missing(self) -> None:
        for text in ("", "{}"):
            with self.assertRaises(Problems) as e:
                read_settings(Settings, text)
            self.assertEqual([str(p) for p in e.exception.problems], ["city: is missing: Where, if nobody says.", "backend: is missing"])

    def test_no_object(self) -> None:
        for text in ("[]", "1", "{", "null"):
            with self.assertRaises(Problems):
                read_settings(Settings, text)

    def test_types_that_cannot_be(self) -> None:
        @dataclass
        class Odd:
            odd: complex = 0j

        with self.assertRaises(TypeError):
            schema_of(Odd)
        with self.assertRaises(TypeError):
            read_settings(Odd, '{"odd": 1}')


class Schema(unittest.TestCase):
    def test_schema(self) -> None:
        text = {"type": "string"}
        self.assertEqual(json.loads(schema_of(Settings)), {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": False,
            "description": "Settings of the weather.", "required": ["city", "backend"],
            "properties": {
                "city": {**text, "description": "Where, if nobody says.", "minLength": 1},
                "backend": {"type": "object", "additionalProperties": False, "required": ["url"], "properties": {"url": text, "key": text}},
                "days": {"type": "integer", "default": 3, "minimum": 1, "maximum": 7},
                "ratio": {"type": "number", "default": 0.5},
                "unit": {"enum": ["celsius", "fahrenheit"]},
                "style": {"enum": ["short", "long"], "default": "short"},
                "names": {"type": "array", "items": text, "maxItems": 2},
                "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
                "proxy": {"anyOf": [text, {"type": "null"}]},
                "loud": {"type": "boolean", "default": False},
            },
        })


class Secrets(unittest.TestCase):
    def test_is_not_seen(self) -> None:
        s = read()
        for text in (repr(s), f"{s.backend.key}", "%s" % s.backend.key, str(s)):
            self.assertNotIn("s3cret", text)
        with self.assertRaises(TypeError):
            pickle.dumps(s)
        with self.assertRaises(TypeError):
            json.dumps(s.backend.key)
        self.assertFalse(Secret())
        self.assertEqual(Secret("a"), Secret("a"))
        self.assertNotEqual(Secret("a"), "a")


@dataclass
class Game:
    number: int = 0
    unit: Unit = Unit.C
    tries: list[int] = field(default_factory=list)


class States(unittest.TestCase):
    def message(self, state: bytes) -> Message:
        return Message(id="1", content=Text("x"), state=state)

    def test_round_trip(self) -> None:
        game = Game(7, Unit.F, [1, 2])
        self.assertEqual(load(Game, self.message(dump(game))), game)

    def test_begins_anew(self) -> None:
        for state in (b"", b"{", b"[]", b'{"number":"x"}', b"\xff"):
            with self.subTest(state):
                self.assertEqual(load(Game, self.message(state)), Game())

    def test_leaves_out_what_it_does_not_know(self) -> None:
        self.assertEqual(load(Game, self.message(b'{"number":3,"old":1}')), Game(3))

    def test_what_cannot_be_saved(self) -> None:
        with self.assertRaises(TypeError):
            dump(Game(tries={1}))  # type: ignore[arg-type]
