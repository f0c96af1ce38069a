"""Holds what the golden cases cannot: order, bounds, threads, and the end of streams."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import unittest
from typing import Any

from chuanhuabot import BlockingResponder, Message, NoContent, Plugin, Responder, TooLarge, TurnOver
from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb
from chuanhuabot._session import Session

from .peer import peer


def plugin_of(function: Any, **more: Any) -> Plugin[None]:
    plugin: Plugin[None] = Plugin("test", **more)
    plugin.message(function)
    return plugin


class Case(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    async def failed(self, function: Any) -> str:
        """Returns the error of a turn that this function handles."""
        async with peer(plugin_of(function)) as p:
            await p.turn(1, "x")
            return str((await p.actions(1))[-1].done.error)


class Errors(Case):
    async def test_text(self) -> None:
        async def of_a_kind(m: Message, r: Responder) -> None:
            raise KeyError("x")

        async def without_text(m: Message, r: Responder) -> None:
            raise RuntimeError

        async def of_ours(m: Message, r: Responder) -> None:
            await r.reply(42)  # type: ignore[arg-type]

        async def cancelled(m: Message, r: Responder) -> None:
            raise asyncio.CancelledError

        async def without_str(m: Message, r: Responder) -> None:
            raise Unprintable

        async def surrogate(m: Message, r: Responder) -> None:
            raise ValueError("\udc80")

        for function, want in (
            (of_a_kind, "KeyError: 'x'"), (without_text, "RuntimeError"), (of_ours, str(NoContent())),
            (cancelled, "asyncio.exceptions.CancelledError"), (without_str, "Unprintable"), (surrogate, "ValueError: \ufffd"),
        ):
            with self.subTest(function.__name__):
                self.assertIn(want, await self.failed(function))

    async def test_is_bounded(self) -> None:
        async def long(m: Message, r: Responder) -> None:
            raise ValueError("错" * 10_000)

        text = await self.failed(long)
        self.assertLessEqual(len(text.encode()), 4096)
        self.assertGreater(len(text), 1300)

    async def test_traceback_goes_to_the_log(self) -> None:
        logging.disable(logging.NOTSET)

        async def fails(m: Message, r: Responder) -> None:
            raise ValueError("no luck")

        with self.assertLogs("chuanhuabot", "ERROR") as logs:
            await self.failed(fails)
        self.assertIn("turn of message m1", logs.output[0])
        self.assertIn("in fails", logs.output[0])


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")


class Order(Case):
    async def test_nothing_is_said_after_done(self) -> None:
        late: list[BaseException | None] = []

        async def leaves_somebody_behind(m: Message, r: Responder) -> None:
            async def talk() -> None:
                try:
                    while True:
                        await r.append("x" * 1000)
                except TurnOver as e:
                    late.append(e)

            self.behind = asyncio.create_task(talk())
            await asyncio.sleep(0.05)

        async with peer(plugin_of(leaves_somebody_behind)) as p:
            await p.turn(1, "x")
            said = await p.actions(1)
            await p.turn(2, "x")
            await p.actions(2)
            await self.behind
        self.assertEqual([a.WhichOneof("action") for a in said].count("done"), 1)
        self.assertGreaterEqual(len(late), 1)

    async def test_a_flood_arrives_whole(self) -> None:
        async def floods(m: Message, r: Responder) -> None:
            for i in range(2000):
                await r.append(f"{i} " + "x" * 2000)

        async with peer(plugin_of(floods)) as p:
            await p.turn(1, "x")
            said = await p.actions(1)
        self.assertEqual([a.append.split(" ")[0] for a in said[:-1]], [str(i) for i in range(2000)])

    async def test_ping_in_the_middle_of_a_flood(self) -> None:
        async def floods(m: Message, r: Responder) -> None:
            while True:
                await r.append("x" * 1000)

        async with peer(plugin_of(floods)) as p:
            await p.turn(1, "x")
            await p.send(pb.ToPlugin(ping=pb.Ping(id=5)))
            while (await p.read()).pong.id != 5:
                pass
            await p.send(pb.ToPlugin(cancel=pb.Cancel(turn=1)))
            self.assertEqual((await p.actions(1))[-1].done.error, str(TurnOver()))

    async def test_a_flood_keeps_no_other_turn_from_speaking(self) -> None:
        async def handle(m: Message, r: Responder) -> None:
            if m.text == "short":
                return await r.reply("here")
            while True:
                await r.append("x" * 1000)

        async with peer(plugin_of(handle)) as p:
            await p.turn(1, "flood")
            await p.read()
            await p.turn(2, "short")
            self.assertEqual((await p.actions(2))[0].reply.text.text, "here")
            await p.send(pb.ToPlugin(cancel=pb.Cancel(turn=1)))
            await p.actions(1)

    async def test_neighbours_share_a_frame(self) -> None:
        frames: list[pb.FromPlugin] = []

        async def write(frame: pb.FromPlugin) -> None:
            frames.append(frame)

        async def replies(m: Message, r: Responder) -> None:
            await r.append("a")
            await r.reply("b")

        await Session(plugin_of(replies)).run(reading(begin(1), ping(9), begin(2)), write)
        self.assertEqual(len(frames), 3, frames)
        self.assertEqual(sorted(len(f.actions.actions) for f in frames), [0, 3, 3])


class Bounds(Case):
    async def test_exactly_at_the_limit(self) -> None:
        async def large(m: Message, r: Responder) -> None:
            await r.reply("x" * ((1 << 20) - 20))
            await r.save(bytes(64 << 10))
            for too_much in (r.append("x" * (1 << 20)), r.forward("x" * (1 << 20)), r.save(bytes((64 << 10) + 1))):
                with self.assertRaises(TooLarge):
                    await too_much

        async with peer(plugin_of(large)) as p:
            await p.turn(1, "x")
            said = await p.actions(1)
        self.assertEqual([a.WhichOneof("action") for a in said], ["reply", "save", "done"])
        self.assertEqual(said[-1].done.error, "")


class Threads(Case):
    async def test_blocking_handlers_run_side_by_side(self) -> None:
        together = threading.Barrier(3)

        def meets(m: Message, r: BlockingResponder) -> None:
            together.wait(10)
            r.append("a")
            r.reply("b")
            r.save(b"s")
            r.handoff("c")
            r.forward("d")
            r.pass_on()

        async with peer(plugin_of(meets, threads=3)) as p:
            for i in (1, 2, 3):
                await p.turn(i, "x")
            await p.send(pb.ToPlugin(ping=pb.Ping(id=5)))
            said: dict[int, list[str]] = {1: [], 2: [], 3: []}
            while not all("done" in one for one in said.values()):
                frame = await p.read()
                for a in frame.actions.actions:
                    said[frame.actions.turn].append(a.WhichOneof("action"))
        for one in said.values():
            self.assertEqual(one, ["append", "reply", "save", "handoff", "forward", "pass", "done"])

    async def test_cancel(self) -> None:
        seen, release = threading.Event(), threading.Event()
        ended: list[str] = []

        def waits(m: Message, r: BlockingResponder) -> None:
            r.reply("waiting")
            while not r.over:
                time.sleep(0.001)
            try:
                r.reply("too late")
            except TurnOver as e:
                ended.append(str(e))
            seen.set()
            release.wait(10)

        async with peer(plugin_of(waits, threads=1)) as p:
            await p.turn(1, "x")
            await p.turn(2, "x")  # It finds no thread, and is over before it does.
            await p.read()
            for i in (2, 1):
                await p.send(pb.ToPlugin(cancel=pb.Cancel(turn=i)))
                self.assertEqual([a.done.error for a in await p.actions(i)], ["the turn is over"])
            await asyncio.to_thread(seen.wait, 10)
            release.set()
        self.assertEqual(ended, ["the turn is over"])

    async def test_not_on_the_event_loop(self) -> None:
        async def wrong(m: Message, r: Responder) -> None:
            BlockingResponder(r, asyncio.get_running_loop()).reply("x")

        self.assertIn("use the awaitable one", await self.failed(wrong))

    async def test_run(self) -> None:
        async def answer() -> str:
            return "42"

        def asks(m: Message, r: BlockingResponder) -> None:
            r.reply(r.run(answer()))

        async with peer(plugin_of(asks)) as p:
            await p.turn(1, "x")
            self.assertEqual((await p.actions(1))[0].reply.text.text, "42")


class Ends(Case):
    def setUp(self) -> None:
        super().setUp()
        self.running, self.ended, self.release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def patient(self, m: Message, r: Responder) -> None:
        self.running.set()
        try:
            await self.release.wait()
            await r.reply("at last")
        finally:
            self.ended.set()

    async def test_running_turns_end_when_the_bot_closes_its_half(self) -> None:
        async with peer(plugin_of(self.patient)) as p:
            await p.turn(1, "x")
            await self.running.wait()
            await p.stream.done_writing()
            self.release.set()
            self.assertEqual((await p.actions(1))[0].reply.text.text, "at last")
            self.assertIsNone(await p.read())

    async def test_nobody_waits_when_the_bot_is_gone(self) -> None:
        async with peer(plugin_of(self.patient)) as p:
            await p.turn(1, "x")
            await self.running.wait()
            p.stream.cancel()
            await asyncio.wait_for(self.ended.wait(), 10)

    async def test_the_bot_is_gone_in_the_middle_of_a_flood(self) -> None:
        async def floods(m: Message, r: Responder) -> None:
            while True:
                await r.append("x" * 1000)

        async with peer(plugin_of(floods)) as p:
            for i in range(1, 10):
                await p.turn(i, "x")
            await p.read()
            await asyncio.sleep(0.1)  # It does not read, so that all stand still.
            p.stream.cancel()
            await asyncio.wait_for(p.server._idle.wait(), 10)

    async def test_stop_lets_turns_end(self) -> None:
        async with peer(plugin_of(self.patient)) as p:
            await p.turn(1, "x")
            await self.running.wait()
            stopped = asyncio.create_task(p.server.stop(10))
            await asyncio.sleep(0)
            self.release.set()
            self.assertEqual((await p.actions(1))[0].reply.text.text, "at last")
            self.assertIsNone(await p.read())
            await stopped

    async def test_stop_runs_out_of_patience(self) -> None:
        async with peer(plugin_of(self.patient)) as p:
            await p.turn(1, "x")
            await self.running.wait()
            await p.server.stop(0.01)
            self.assertTrue(self.ended.is_set())

    async def test_a_cancel_before_the_first_step(self) -> None:
        frames: list[pb.FromPlugin] = []

        async def write(frame: pb.FromPlugin) -> None:
            frames.append(frame)

        await Session(plugin_of(self.patient)).run(reading(begin(1), pb.ToPlugin(cancel=pb.Cancel(turn=1))), write)
        self.assertEqual([f.actions.actions[0].done.error for f in frames], ["the turn is over"])
        self.assertFalse(self.running.is_set())

    async def test_a_broken_transport(self) -> None:
        async def write(frame: pb.FromPlugin) -> None:
            raise ConnectionError("gone")

        async def talks(m: Message, r: Responder) -> None:
            while True:
                await r.append("x")
                await asyncio.sleep(0)

        forever = asyncio.Event()

        async def read() -> pb.ToPlugin | None:
            if not self.running.is_set():
                self.running.set()
                return begin(1)
            await forever.wait()
            return None

        await asyncio.wait_for(Session(plugin_of(talks)).run(read, write), 10)

    async def test_a_read_that_fails(self) -> None:
        async def read() -> pb.ToPlugin | None:
            if not self.running.is_set():
                await asyncio.sleep(0)
                self.running.set()
                return begin(1)
            raise ConnectionError("gone")

        async def write(frame: pb.FromPlugin) -> None:
            pass

        with self.assertRaises(ConnectionError):
            await asyncio.wait_for(Session(plugin_of(self.patient)).run(read, write), 10)


def begin(id: int) -> pb.ToPlugin:
    return pb.ToPlugin(turn=pb.Turn(id=id, message=pb.Message(content=pb.Content(text=pb.Text(text="x")))))


def ping(id: int) -> pb.ToPlugin:
    return pb.ToPlugin(ping=pb.Ping(id=id))


def reading(*frames: pb.ToPlugin) -> Any:
    waiting = list(frames)

    async def read() -> pb.ToPlugin | None:
        return waiting.pop(0) if waiting else None

    return read
