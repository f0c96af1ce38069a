"""Hello is a reply plugin that greets and repeats what was said."""

from chuanhuabot import Message, Plugin, Responder

plugin = Plugin("hello")


@plugin.message
async def hello(m: Message, r: Responder) -> None:
    await r.reply(f"你好! {m.text}")


plugin.serve()
