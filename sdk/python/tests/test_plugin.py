"""Holds which function handles a message, and what a plugin is told before."""

from __future__ import annotations

import asyncio
import logging
import unittest
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from chuanhuabot import (
    BlockingResponder, Content, Event, Image, Link, Message, Plugin, Problem, Problems, Raw, Responder, Text, Voice,
)
from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb
from chuanhuabot._wire import decode_message, encode_content, valid
from chuanhuabot.host import dial

from .peer import peer


class Heard:
    """An outlet that remembers."""

    def __init__(self) -> None:
        self.actions: list[pb.Action] = []

    async def put(self, turn: int, action: pb.Action, size: int) -> None:
        self.actions.append(action)


async def says(plugin: Plugin[Any], content: Content) -> list[str]:
    """Returns what a plugin does with a message, in short."""
    heard = Heard()
    await plugin.handle(Message(id="1", content=content), Responder(heard, 1))
    return [a.reply.text.text or str(a.WhichOneof("action")) for a in heard.actions]


class Routing(unittest.IsolatedAsyncioTestCase):
    def plugin(self) -> Plugin[None]:
        plugin: Plugin[None] = Plugin("test")

        @plugin.command("/weather")
        async def weather(m: Message, r: Responder, args: str) -> None:
            await r.reply(f"weather of {args!r}")

        @plugin.command("天气")
        def blocking(m: Message, r: BlockingResponder, args: str) -> None:
            r.reply(f"blocking {args!r}")

        @plugin.event("subscribe", "SCAN")
        async def welcome(m: Message, r: Responder) -> None:
            await r.reply("welcome")

        @plugin.on("image", "link")
        async def seen(m: Message, r: Responder) -> None:
            await r.reply(f"a {m.content.kind}")

        return plugin

    async def test_first_that_fits(self) -> None:
        for content, want in (
            (Text("/weather"), "weather of ''"), (Text("  /weather   Beijing  today "), "weather of 'Beijing  today'"),
            (Text("/weather\n北京"), "weather of '北京'"), (Text("天气 北京"), "blocking '北京'"),
            (Voice(transcript="天气 北京"), "blocking '北京'"), (Text("/weatherman"), "pass"), (Text(""), "pass"),
            (Event("subscribe"), "welcome"), (Event("SCAN"), "welcome"), (Event("LOCATION"), "pass"),
            (Image(), "a image"), (Link(), "a link"), (Voice(), "pass"), (Raw("music"), "pass"),
        ):
            with self.subTest(content):
                self.assertEqual(await says(self.plugin(), content), [want])

    async def test_every_message(self) -> None:
        plugin = self.plugin()

        @plugin.message
        async def every(m: Message, r: Responder) -> None:
            await r.reply(f"every {m.content.kind}")

        self.assertEqual(await says(plugin, Text("/weather")), ["weather of ''"])
        for content in (Text("x"), Voice(), Event("LOCATION"), Raw("music")):
            self.assertEqual(await says(plugin, content), [f"every {content.kind}"])

    async def test_an_object_with_call(self) -> None:
        class Callable:
            async def __call__(self, m: Message, r: Responder) -> None:
                await r.reply("called")

        plugin: Plugin[None] = Plugin("test")
        plugin.message(Callable())
        self.assertEqual(await says(plugin, Text("x")), ["called"])

    async def test_mistakes_of_the_author(self) -> None:
        plugin = self.plugin()

        async def handle(m: Message, r: Responder) -> None:
            pass

        for wrong in (
            lambda: plugin.command("two words"), lambda: plugin.command(""), lambda: plugin.command("/weather")(handle),
            lambda: plugin.on("image")(handle), lambda: (plugin.message(handle), plugin.message(handle)),
        ):
            with self.assertRaises(ValueError):
                wrong()
        for early in (lambda: plugin.settings, lambda: plugin.host):
            with self.assertRaises(RuntimeError):
                early()


@dataclass
class Settings:
    greeting: str = "hello"


class Configuring(unittest.IsolatedAsyncioTestCase):
    async def problems(self, plugin: Plugin[Any], config: str) -> list[tuple[str, str]]:
        async with peer(plugin) as p:
            answer = await p.call("Configure", pb.ConfigureRequest(config_json=config), pb.ConfigureResponse)
            return [(q.field, q.message) for q in answer.problems]

    async def test_none(self) -> None:
        for config, want in (("", 0), ("{}", 0), ('{"a":1}', 1)):
            self.assertEqual(len(await self.problems(Plugin("test"), config)), want)

    async def test_settings(self) -> None:
        plugin = Plugin("test", settings=Settings)
        self.assertEqual(await self.problems(plugin, '{"greeting":"hi"}'), [])
        self.assertEqual(plugin.settings, Settings("hi"))
        self.assertEqual(await self.problems(plugin, '{"greeting":1}'), [("greeting", "must be text, not a number")])

    async def test_setup(self) -> None:
        plugin = Plugin("test", settings=Settings)

        @plugin.setup
        async def asks() -> None:
            if plugin.settings.greeting == "bad":
                raise Problems([Problem("greeting", "is rude")])

        @plugin.setup
        def blocks() -> None:
            plugin.host
            if plugin.settings.greeting == "worse":
                raise OSError("no such file")

        self.assertEqual(await self.problems(plugin, "{}"), [])
        self.assertEqual(await self.problems(plugin, '{"greeting":"bad"}'), [("greeting", "is rude")])
        with self.assertLogs("chuanhuabot", "WARNING") as logs:
            self.assertEqual(await self.problems(plugin, '{"greeting":"worse"}'), [("", "no such file")])
        self.assertIn("in blocks", logs.output[0])

    async def test_describe(self) -> None:
        async with peer(Plugin("weather", version="1.2", settings=Settings, stateful=True)) as p:
            d = await p.call("Describe", pb.DescribeRequest(), pb.DescribeResponse)
        self.assertEqual((d.name, d.version, d.stateful), ("weather", "1.2", True))
        self.assertIn('"greeting":{"type":"string","default":"hello"}', d.config_schema)

    async def test_work_beside_the_turns(self) -> None:
        plugin: Plugin[None] = Plugin("test")
        await plugin.configure("{}", dial("", ""))

        async def fails() -> None:
            raise ValueError("no luck")

        with self.assertLogs("test", "ERROR") as logs:
            await asyncio.wait({plugin.start(fails())})
            await asyncio.sleep(0)
        self.assertIn("no luck", logs.output[0])
        task = plugin.start(asyncio.sleep(1000))
        task.cancel()
        await asyncio.wait({task})


class Wire(unittest.TestCase):
    def test_valid(self) -> None:
        for text, want in (("a世🌏", "a世🌏"), ("a\ud800b", "a\ufffdb"), ("\ud83c\udf0f", "🌏"), ("\udc80", "\ufffd")):
            self.assertEqual(valid(text), want)
        self.assertEqual(encode_content("\udc80").text.text, "\ufffd")

    def test_times(self) -> None:
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
        for ms, want in (
            (0, None), (1, epoch + timedelta(milliseconds=1)), (-1, epoch - timedelta(milliseconds=1)),
            (1 << 62, None), (-(1 << 63), None),
        ):
            p = pb.Message(time_ms=ms, answer_by_ms=ms, window=pb.Window(left=2, until_ms=ms), content=encode_content("x"))
            m = decode_message(p)
            self.assertEqual((m.time, m.answer_by, m.window.until), (want, want, want))
            self.assertEqual(m.window.left, 2)

    def test_message(self) -> None:
        m = decode_message(pb.Message(id="1", channel="wx", account="a", sender="s", conversation="c", state=b"x",
                                      content=encode_content(Voice(transcript="said"))))
        self.assertEqual((m.text, m.state, m.address.recipient, m.address.conversation), ("said", b"x", "s", "c"))
        self.assertEqual(m.with_content(Text("t")).text, "t")
        self.assertEqual(m.with_content(Image()).text, "")

    def test_fields(self) -> None:
        self.assertEqual(Raw.of("music", {"标题": 1}), Raw("music", '{"标题":1}'))
        self.assertEqual(Event("x", fields_json='{"a":1}').fields, {"a": 1})
        self.assertEqual(Raw("x").fields, {})
        for wrong in ("[]", "{"):
            with self.assertRaises(ValueError):
                Raw("x", wrong).fields
        with self.assertRaises(ValueError):
            Raw.of("x", {"a": float("nan")})


def setUpModule() -> None:
    logging.getLogger("asyncio").setLevel(logging.ERROR)
