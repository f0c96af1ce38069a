"""Holds the Host's client to a bot that is made here, with the same service."""

from __future__ import annotations

import asyncio
import io
import tempfile
import unittest
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

import grpc

from chuanhuabot import (
    Address, Conflict, Disconnected, Form, Full, Host, HostError, Invalid, Media, MediaForm, MediaGone, MediaTooLarge,
    NoContent, NoPerson, NotFound, NotGranted, Outcome, State, Text, TooLarge, TooSlow, Window,
)
from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb
from chuanhuabot.content import Image
from chuanhuabot.host import dial

Code = grpc.StatusCode
TO = Address("wx", "gh_1", "c1", "o1")
REQUESTS = {
    "Send": (pb.SendRequest, "unary_unary"), "Handoff": (pb.HandoffRequest, "unary_unary"),
    "Outcomes": (pb.OutcomesRequest, "unary_stream"), "OpenMedia": (pb.OpenMediaRequest, "unary_stream"),
    "SaveMedia": (pb.SaveMediaRequest, "stream_unary"), "GetWindow": (pb.GetWindowRequest, "unary_unary"),
    "GetValue": (pb.GetValueRequest, "unary_unary"), "PutValue": (pb.PutValueRequest, "unary_unary"),
    "DeleteValue": (pb.DeleteValueRequest, "unary_unary"), "ListKeys": (pb.ListKeysRequest, "unary_unary"),
}


class Bot:
    """Answers with what a test has laid ready, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answers: list[Any] = []
        self.fails: tuple[grpc.StatusCode, str] | None = None

    def handlers(self) -> Any:
        kinds = {
            "unary_unary": (grpc.unary_unary_rpc_method_handler, self.unary),
            "unary_stream": (grpc.unary_stream_rpc_method_handler, self.stream),
            "stream_unary": (grpc.stream_unary_rpc_method_handler, self.upload),
        }
        return grpc.method_handlers_generic_handler("bot.v1.Host", {
            name: kinds[shape][0](kinds[shape][1], request.FromString, lambda m: m.SerializeToString())
            for name, (request, shape) in REQUESTS.items()})

    async def unary(self, request: Any, context: Any) -> Any:
        self.asked.append(request)
        await self.check(context)
        return self.answers.pop(0)

    async def stream(self, request: Any, context: Any) -> Any:
        self.asked.append(request)
        for answer in self.answers:
            yield answer
        await self.check(context)

    async def upload(self, requests: Any, context: Any) -> Any:
        await self.check(context)
        async for one in requests:
            self.asked.append(one)
        return self.answers.pop(0)

    async def check(self, context: Any) -> None:
        if dict(context.invocation_metadata()).get("authorization") != "Bearer t0ken":
            await context.abort(Code.UNAUTHENTICATED, "no plugin has this token")
        if self.fails is not None:
            await context.abort(*self.fails)


@asynccontextmanager
async def connected(token: str = "t0ken") -> AsyncIterator[tuple[Bot, Host]]:
    with tempfile.TemporaryDirectory() as folder:
        bot, server = Bot(), grpc.aio.server()
        server.add_generic_rpc_handlers((bot.handlers(),))
        server.add_insecure_port(f"unix:{folder}/h")
        await server.start()
        host = dial(f"unix:{folder}/h", token)
        yield bot, host
        await host.close()
        await server.stop(0)


class Calls(unittest.IsolatedAsyncioTestCase):
    async def test_send(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.SendResponse(outcome=pb.Outcome(key="k", state=pb.Outcome.STATE_QUEUED, reason="night"))]
            self.assertEqual(await host.send(TO, "hello", "k"), Outcome("k", State.QUEUED, "night"))
            to = pb.Address(channel="wx", account="gh_1", conversation="c1", recipient="o1")
            self.assertEqual(bot.asked, [pb.SendRequest(to=to, content=pb.Content(text=pb.Text(text="hello")), key="k")])

    async def test_send_is_bounded_before_it_leaves(self) -> None:
        async with connected() as (bot, host):
            for content, key, error in (
                ("x" * (1 << 20), "k", TooLarge), ("x", "", Invalid), ("x", "k" * 129, Invalid), ("x", "键" * 43, Invalid),
                (None, "k", NoContent),
            ):
                with self.assertRaises(error):
                    await host.send(TO, content, key)  # type: ignore[arg-type]
            with self.assertRaises(TooLarge):
                await host.put("k", bytes((64 << 10) + 1))
            with self.assertRaises(Invalid):
                await host.get("k" * 257)
            self.assertEqual(bot.asked, [])

    async def test_handoff(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.HandoffResponse(outcome=pb.Outcome(key="k", state=pb.Outcome.STATE_SENT))]
            self.assertEqual((await host.handoff(TO, "asks", "k")).state, State.SENT)
            self.assertEqual(bot.asked[0].reason, "asks")

    async def test_outcomes(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.Outcome(key="a", state=pb.Outcome.STATE_SENT), pb.Outcome(key="b", state=pb.Outcome.STATE_FAILED)]
            bot.answers.append(pb.Outcome(key="c", state=99))  # type: ignore[arg-type]
            got = []
            with self.assertRaises(Disconnected):
                async for one in host.outcomes():
                    got.append((one.key, one.state))
            self.assertEqual(got, [("a", State.SENT), ("b", State.FAILED), ("c", State.UNKNOWN)])

    async def test_outcomes_end_with_the_loop(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.Outcome(key="a")]
            async for one in host.outcomes():
                break
            self.assertEqual(one.key, "a")

    async def test_window(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.GetWindowResponse(window=pb.Window(left=3)), pb.GetWindowResponse()]
            self.assertEqual(await host.window(TO), Window(left=3))
            self.assertEqual(await host.window(TO), Window())

    async def test_values(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [
                pb.PutValueResponse(revision=1), pb.PutValueResponse(revision=2), pb.GetValueResponse(value=b"v", revision=2),
                pb.ListKeysResponse(keys=["a", "b"]), pb.DeleteValueResponse(),
            ]
            self.assertEqual(await host.put("a", b"v"), 1)
            self.assertEqual(await host.put("a", b"v", revision=0), 2)
            self.assertEqual(await host.get("a"), (b"v", 2))
            self.assertEqual(await host.keys("x"), ["a", "b"])
            await host.delete("a")
            self.assertEqual([q.HasField("revision") for q in bot.asked[:2]], [False, True])
            self.assertEqual(bot.asked[3].prefix, "x")


class Transfers(unittest.IsolatedAsyncioTestCase):
    async def test_open(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [
                pb.OpenMediaResponse(info=pb.MediaInfo(name="a.amr", type="audio/amr", size=6)),
                pb.OpenMediaResponse(chunk=b"abc"), pb.OpenMediaResponse(chunk=b"def"),
            ]
            async with await host.open_media("wx", Media(id="m"), Form.WAV16K) as b:
                self.assertEqual((b.name, b.type, b.size), ("a.amr", "audio/amr", 6))
                self.assertEqual(await b.read(6), b"abcdef")
            self.assertEqual(bot.asked, [pb.OpenMediaRequest(channel="wx", media=pb.Media(id="m"), want=1)])
            async with await host.open_media("wx", Media(id="m")) as b:
                with self.assertRaises(MediaTooLarge):
                    await b.read(5)

    async def test_open_fails_in_the_middle(self) -> None:
        async with connected() as (bot, host):
            bot.answers = [pb.OpenMediaResponse(info=pb.MediaInfo()), pb.OpenMediaResponse(chunk=b"abc")]
            bot.fails = Code.OUT_OF_RANGE, "too much"
            async with await host.open_media("wx", Media(id="m")) as b:
                with self.assertRaisesRegex(MediaTooLarge, "too much"):
                    await b.read(100)

    async def test_save(self) -> None:
        data = bytes(range(256)) * 600

        async def pieces() -> AsyncIterator[bytes]:
            yield data[:100_000]
            yield data[100_000:]

        for name, source in (("bytes", data), ("a file", io.BytesIO(data)), ("pieces", pieces())):
            with self.subTest(name):
                async with connected() as (bot, host):
                    bot.answers = [pb.SaveMediaResponse(media=pb.Media(id="m1"))]
                    saved = await host.save_media("wx", "file", source, name="a.bin", type="x/y")
                    self.assertEqual(saved, Media(id="m1"))
                    self.assertEqual((bot.asked[0].header.kind, bot.asked[0].header.info.name), ("file", "a.bin"))
                    self.assertEqual(bot.asked[0].header.info.size, len(data) if name == "bytes" else -1)
                    self.assertEqual(b"".join(one.chunk for one in bot.asked[1:]), data)
                    self.assertLessEqual(max(len(one.chunk) for one in bot.asked), 64 << 10)

    async def test_save_is_refused_before_the_end(self) -> None:
        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield bytes(64 << 10)
                await asyncio.sleep(0)

        async with connected() as (bot, host):
            bot.fails = Code.INVALID_ARGUMENT, "no such kind"
            with self.assertRaisesRegex(Invalid, "no such kind"):
                await asyncio.wait_for(host.save_media("wx", "poem", endless()), 20)

    async def test_save_of_a_source_that_fails(self) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"x"
            raise ValueError("torn")

        async with connected() as (_, host):
            with self.assertRaisesRegex(ValueError, "torn"):
                await host.save_media("wx", "file", broken())


class Errors(unittest.IsolatedAsyncioTestCase):
    async def test_can_be_told_apart(self) -> None:
        async with connected() as (bot, host):
            everybody = {
                "send": lambda: host.send(TO, Text("x"), "k"), "handoff": lambda: host.handoff(TO, "x", "k"),
                "get": lambda: host.get("k"), "put": lambda: host.put("k", b"", 1), "delete": lambda: host.delete("k"),
                "keys": lambda: host.keys(), "window": lambda: host.window(TO),
                "open": lambda: host.open_media("wx", Media()), "save": lambda: host.save_media("wx", "image", b""),
                "outcomes": lambda: anext(host.outcomes()),
            }
            for name, code, error in (
                *((name, Code.PERMISSION_DENIED, NotGranted) for name in everybody),
                *((name, Code.INVALID_ARGUMENT, Invalid) for name in everybody),
                ("handoff", Code.FAILED_PRECONDITION, NoPerson), ("get", Code.NOT_FOUND, NotFound),
                ("put", Code.ABORTED, Conflict), ("put", Code.RESOURCE_EXHAUSTED, Full),
                ("outcomes", Code.RESOURCE_EXHAUSTED, TooSlow), ("open", Code.NOT_FOUND, MediaGone),
                ("open", Code.FAILED_PRECONDITION, MediaForm), ("save", Code.OUT_OF_RANGE, MediaTooLarge),
                ("send", Code.UNAVAILABLE, Disconnected), ("send", Code.DEADLINE_EXCEEDED, TimeoutError),
                ("send", Code.ABORTED, HostError),
            ):
                with self.subTest(name, code=code):
                    bot.fails = code, "because"
                    with self.assertRaises(error) as e:
                        await everybody[name]()
                    self.assertIs(type(e.exception), error)
                    self.assertIn("because", str(e.exception))

    async def test_a_wrong_token(self) -> None:
        async with connected("wrong") as (_, host):
            with self.assertRaisesRegex(HostError, "UNAUTHENTICATED"):
                await host.keys()

    async def test_nowhere(self) -> None:
        host = dial("", "")
        with self.assertRaisesRegex(Disconnected, "serves no Host"):
            await host.send(TO, Image(Media(id="x")), "k")
        with self.assertRaises(Disconnected):
            await anext(host.outcomes())
        await host.close()

    async def test_the_bot_is_gone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            host = dial(f"unix:{folder}/nobody", "t0ken")
            with self.assertRaises(Disconnected):
                await host.keys()
            await host.close()

    async def test_the_token_is_not_seen(self) -> None:
        host = dial("", "t0ken")
        self.assertNotIn("t0ken", f"{host!r} {host}")
