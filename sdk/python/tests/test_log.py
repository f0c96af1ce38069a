"""Holds what lines of the log look like."""

from __future__ import annotations

import json
import logging
import sys
import unittest
from typing import Any

from chuanhuabot._log import LineFormatter


def line(level: int, text: str, /, *args: Any, **more: Any) -> Any:
    """Returns a record as the bot reads it."""
    record = logging.getLogger("test").makeRecord("test", level, "x.py", 1, text, args, more.pop("exc_info", None), extra=more)
    out = LineFormatter().format(record)
    if "\n" in out:
        raise AssertionError("several lines")
    return json.loads(out)


class Lines(unittest.TestCase):
    def test_levels(self) -> None:
        for level, want in ((5, "DEBUG"), (10, "DEBUG"), (20, "INFO"), (25, "INFO"), (30, "WARN"), (40, "ERROR"), (50, "ERROR")):
            self.assertEqual(line(level, "x")["level"], want)

    def test_fields(self) -> None:
        self.assertEqual(
            line(20, "a\n%s", "b", city="北京", tries=3, at={"x": 1}, who=Lines),
            {"level": "INFO", "msg": "a\nb", "logger": "test", "city": "北京", "tries": 3, "at": {"x": 1}, "who": str(Lines)},
        )
        self.assertEqual(line(20, "x", level="forged", logger="y")["level"], "INFO")

    def test_exceptions(self) -> None:
        try:
            raise ValueError("no luck")
        except ValueError:
            got = line(40, "x", exc_info=sys.exc_info())
        self.assertIn("ValueError: no luck", got["trace"])

    def test_too_long(self) -> None:
        for got in (line(40, "长" * 50_000), line(40, "x", body="x" * 100_000), line(40, "\x01" * 30_000)):
            self.assertEqual(got["level"], "ERROR")
            self.assertGreater(got["cut_bytes"], 60 << 10)
            self.assertLess(len(json.dumps(got, ensure_ascii=False).encode()), 60 << 10)
