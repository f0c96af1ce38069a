"""Plays the cases that the SDKs of all languages pass."""

from __future__ import annotations

import base64
import json
import logging
import unittest
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb

from .golden_handlers import golden
from .peer import Peer, peer

CASES = sorted((Path(__file__).parents[2] / "testdata" / "golden").glob("*.json"))


class Golden(unittest.IsolatedAsyncioTestCase):
    """One test for each case; see the README.md beside the cases."""

    def setUp(self) -> None:
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.said: list[pb.FromPlugin] = []

    async def play(self, case: dict[str, Any]) -> None:
        async with peer(golden(case["handler"])) as p:
            for i, step in enumerate(case["steps"], 1):
                with self.subTest(case["about"], step=i):
                    await self.step(p, step)
            if p._stream is None:
                return
            await p.stream.done_writing()
            while (frame := await p.read()) is not None:
                self.said += apart(frame)
            self.assertEqual(self.said, [], "nobody expected this")
            self.assertEqual((await p.stream.code()).name, "OK")

    async def step(self, p: Peer, step: dict[str, Any]) -> None:
        ((kind, value),) = step.items()
        if kind == "describe":
            got = await p.call("Describe", pb.DescribeRequest(), pb.DescribeResponse)
            self.assertEqual(got, json_format.ParseDict(value, pb.DescribeResponse()))
        elif kind == "configure":
            request = json_format.ParseDict(value["request"], pb.ConfigureRequest())
            await self.configure(await p.call("Configure", request, pb.ConfigureResponse), value["response"])
        elif kind == "send":
            await p.send(json_format.ParseDict(value, pb.ToPlugin()))
        elif kind == "send_bytes":
            await p.stream.write(base64.b64decode(value))
        elif kind == "expect":
            for one in apart(json_format.ParseDict(value, pb.FromPlugin())):
                await self.expect(p, one)
        else:
            self.fail(f"unknown step {kind}")

    async def configure(self, got: pb.ConfigureResponse, want: dict[str, Any]) -> None:
        problems = want.get("problems", [])
        self.assertEqual([q.field for q in got.problems], [q["field"] for q in problems])
        for one, part in zip(got.problems, problems):
            self.assertIn(part["message"], one.message)

    async def expect(self, p: Peer, want: pb.FromPlugin) -> None:
        while (got := next((f for f in self.said if of(f) == of(want)), None)) is None:
            frame = await p.read()
            self.assertIsNotNone(frame, f"the stream ended before {want}")
            self.said += apart(frame)
        self.said.remove(got)
        if want.actions.actions and (part := want.actions.actions[0].done.error):
            self.assertIn(part, got.actions.actions[0].done.error)
        else:
            self.assertEqual(got, want)


def of(frame: pb.FromPlugin) -> tuple[str | None, int]:
    """Says which frames are the same turn's, or the same pong."""
    kind: str | None = frame.WhichOneof("frame")
    return kind, frame.pong.id if kind == "pong" else frame.actions.turn


def apart(frame: pb.FromPlugin) -> list[pb.FromPlugin]:
    """Makes one frame of each action."""
    if frame.WhichOneof("frame") != "actions":
        return [frame]
    return [pb.FromPlugin(actions=pb.Actions(turn=frame.actions.turn, actions=[a])) for a in frame.actions.actions]


class Files(unittest.TestCase):
    def test_there_are_some(self) -> None:
        self.assertGreaterEqual(len(CASES), 15)


def _test(path: Path) -> Any:
    async def test(self: Golden) -> None:
        await self.play(json.loads(path.read_text("utf-8")))

    return test


for _path in CASES:
    setattr(Golden, f"test_{_path.stem}", _test(_path))
