"""Runs what the README shows, and holds that everything public says what it is."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import chuanhuabot
from chuanhuabot import Message, Plugin, Responder, Text
from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb

HERE = Path(__file__).parent
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", (HERE.parent / "README.md").read_text("utf-8"), re.M | re.S)


class Outlet:
    """Gathers what a turn says, in the words of the README."""

    def __init__(self) -> None:
        self.said = ""
        self.state: bytes | None = None

    async def put(self, turn: int, action: pb.Action, size: int) -> None:
        kind = action.WhichOneof("action")
        if kind == "save":
            self.state = action.save
        else:
            self.said += {"reply": action.reply.text.text, "append": action.append}.get(str(kind), f"({kind})")


def plugin_in(source: str) -> Plugin[Any]:
    """Runs a program as far as its plugin.serve()."""
    served: list[Any] = []
    module = types.ModuleType("shown")
    sys.modules["shown"] = module  # Where the types of a dataclass are looked up.
    with mock.patch("chuanhuabot.plugin.serve", served.append):
        exec(compile(source, "README.md", "exec", dont_inherit=True), module.__dict__)
    (plugin,) = served
    return plugin


class Readme(unittest.IsolatedAsyncioTestCase):
    async def test_programs(self) -> None:
        talks = 0
        for (lang, source), (following, talk) in zip(BLOCKS, BLOCKS[1:] + [("", "")]):
            if lang != "python":
                continue
            plugin = plugin_in(source)
            await plugin.configure("{}", chuanhuabot.host.dial("", ""))
            if following != "text":
                continue
            talks += 1
            state = b""
            for said, want in re.findall(r"> (.*)\n< (.*)\n", talk):
                outlet = Outlet()
                await plugin.handle(Message(id="1", content=Text(said), state=state), Responder(outlet, 1))
                self.assertEqual(outlet.said, want, said)
                state = state if outlet.state is None else outlet.state
        self.assertGreaterEqual(talks, 2)

    def test_programs_are_typed(self) -> None:
        programs = [source for lang, source in BLOCKS if lang == "python"]
        self.assertGreaterEqual(len(programs), 3)
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"program_{i}.py" for i in range(len(programs))]
            for file, source in zip(files, programs):
                file.write_text(source, "utf-8")
            checked = subprocess.run(
                ["mypy", "--config-file", str(HERE.parent / "pyproject.toml"), *map(str, files)],
                cwd=HERE.parent, capture_output=True, text=True, timeout=120)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Contracts(unittest.TestCase):
    def test_everything_public_has_one(self) -> None:
        for name in chuanhuabot.__all__:
            thing = getattr(chuanhuabot, name)
            if not inspect.isclass(thing) and not inspect.isfunction(thing):
                continue
            self.assertTrue(self.documented(thing), name)
            for member, value in vars(thing).items() if inspect.isclass(thing) else ():
                if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                    self.assertTrue(self.documented(value), f"{name}.{member}")

    def documented(self, thing: Any) -> bool:
        doc = thing.__doc__ or ""
        return bool(doc) and not doc.startswith(f"{getattr(thing, '__name__', '')}(")
