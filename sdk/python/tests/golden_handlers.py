"""The behaviours that the README.md of the golden cases names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Awaitable, Callable

from chuanhuabot import Description, Handler, Host, Message, Plugin, Problem, Problems, Responder, TooLarge


def golden(name: str) -> Handler:
    """Returns a plugin that behaves so."""
    if name in _MADE:
        return _MADE[name]()
    plugin: Plugin[None] = Plugin(name)
    plugin.message(_PLAIN[name])
    return plugin


async def echo(m: Message, r: Responder) -> None:
    await r.reply(m.content)


async def stream(m: Message, r: Responder) -> None:
    await r.append("one, ")
    await r.append("two")
    await r.reply("three")


async def pass_on(m: Message, r: Responder) -> None:
    await r.pass_on()


async def forward(m: Message, r: Responder) -> None:
    await r.forward("forwarded: " + m.text)


async def handoff(m: Message, r: Responder) -> None:
    await r.reply("A person will answer.")
    await r.handoff("asks for a person")


async def fail(m: Message, r: Responder) -> None:
    await r.reply("half")
    raise ValueError("no luck")


async def crash(m: Message, r: Responder) -> None:
    if m.text == "fine":
        return await r.reply("fine")
    await r.reply("half")
    raise SystemExit("boom")


async def wait(m: Message, r: Responder) -> None:
    await r.reply("waiting")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await r.reply("too late")


async def large(m: Message, r: Responder) -> None:
    failed = 0
    for too_much in (r.reply("x" * ((1 << 20) + 1)), r.save(bytes((64 << 10) + 1))):
        try:
            await too_much
        except TooLarge:
            failed += 1
    await r.reply(str(failed))


class Count:
    """A plugin that is no Plugin, but has the methods of one."""

    def describe(self) -> Description:
        return Description("count", "1.2.3", '{"type":"object"}', stateful=True)

    async def configure(self, config: str, host: Host) -> None:
        pass

    async def handle(self, m: Message, r: Responder) -> None:
        if m.text == "forget":
            return await r.save(b"")
        n = int(m.state or 0) + 1
        await r.save(str(n).encode())
        await r.reply(str(n))


def gate() -> Plugin[None]:
    plugin: Plugin[None] = Plugin("gate")
    opened = asyncio.Event()

    @plugin.message
    async def handle(m: Message, r: Responder) -> None:
        if m.text == "open":
            await r.reply("opened")
            return opened.set()
        await r.reply("before")
        await opened.wait()
        await r.reply("after")

    return plugin


@dataclass
class Greeting:
    """What the golden cases configure."""

    greeting: str
    times: int

    def __post_init__(self) -> None:
        problems = []
        if not self.greeting:
            problems.append(Problem("greeting", "must not be empty"))
        if not 1 <= self.times <= 3:
            problems.append(Problem("times", "must be 1 to 3"))
        if problems:
            raise Problems(problems)


def settings() -> Plugin[Greeting]:
    plugin = Plugin("settings", settings=Greeting)

    @plugin.message
    async def handle(m: Message, r: Responder) -> None:
        await r.reply(plugin.settings.greeting * plugin.settings.times)

    return plugin


_PLAIN: dict[str, Callable[[Message, Responder], Awaitable[None]]] = {
    "echo": echo, "stream": stream, "pass": pass_on, "forward": forward, "handoff": handoff, "fail": fail, "crash": crash,
    "wait": wait, "large": large,
}
_MADE: dict[str, Callable[[], Handler]] = {"count": Count, "gate": gate, "settings": settings}
