"""A plugin that uses everything of its Host, as the text says."""

from dataclasses import dataclass

from chuanhuabot import (
    Conflict, Form, Image, Media, MediaGone, Message, NotFound, Plugin, Responder, Voice, dump, load, setting,
)


@dataclass
class Settings:
    greeting: str = setting("hello", minimum=1)
    times: int = setting(1, minimum=1, maximum=3)


@dataclass
class Seen:
    messages: int = 0


plugin = Plugin("everything", version="2.0", settings=Settings, stateful=True)


@plugin.command("send")
async def send(m: Message, r: Responder, args: str) -> None:
    first = await plugin.host.send(m.address, args, "key-1")
    again = await plugin.host.send(m.address, "not this", "key-1")
    given = await plugin.host.handoff(m.address, "asks", "key-2")
    await r.reply(f"{first.state.name} {again.state.name} {given.state.name}")


@plugin.command("values")
async def values(m: Message, r: Responder, args: str) -> None:
    host = plugin.host
    revision = await host.put("a", "值".encode(), revision=0)
    try:
        await host.put("a", b"lost", revision=0)
    except Conflict:
        await r.append("conflict ")
    value, same = await host.get("a")
    await host.put("b", b"")
    keys = await host.keys()
    await host.delete("a")
    try:
        await host.get("a")
    except NotFound:
        await r.append("gone ")
    await r.append(f"{value.decode()} {keys} {same == revision}")


@plugin.command("window")
async def window(m: Message, r: Responder, args: str) -> None:
    await r.reply(str((await plugin.host.window(m.address)).left))


@plugin.on("voice")
async def hears(m: Message, r: Responder) -> None:
    assert isinstance(m.content, Voice)
    async with await plugin.host.open_media(m.channel, m.content.media, Form.WAV16K) as b:
        data = await b.read(1 << 20)
    saved = await plugin.host.save_media(m.channel, "image", data[::-1], name="back.png", type="image/png")
    try:
        await plugin.host.open_media(m.channel, Media(id="nobody"))
    except MediaGone:
        await r.reply(Image(saved))


@plugin.message
async def counts(m: Message, r: Responder) -> None:
    seen = load(Seen, m)
    seen.messages += 1
    await r.save(dump(seen))
    await r.reply(f"{plugin.settings.greeting * plugin.settings.times} {seen.messages}")


plugin.serve()
