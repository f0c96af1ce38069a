"""A plugin that prints wherever it can, and does what the text says."""

import os
import subprocess
import sys
import threading
import time

from chuanhuabot import BlockingResponder, Message, Plugin, Responder

print("printed before serve")
os.write(1, b"written to descriptor 1\n")
subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)

plugin = Plugin("noisy", version="1.0")


@plugin.command("print")
async def prints(m: Message, r: Responder, args: str) -> None:
    print("x" * 200_000, end="")
    print(" 你好 \udc80")
    await r.reply(f"stdin has {len(sys.stdin.read())} bytes, cookie: {os.environ.get('BOT_PLUGIN')}")


@plugin.command("sleep")
def sleeps(m: Message, r: BlockingResponder, args: str) -> None:
    r.append("sleeping")
    time.sleep(float(args))
    r.reply("awake")


@plugin.command("block")
async def blocks(m: Message, r: Responder, args: str) -> None:
    time.sleep(float(args))
    await r.reply("unblocked")


@plugin.command("die")
async def dies(m: Message, r: Responder, args: str) -> None:
    os._exit(3)


@plugin.command("log")
async def logs(m: Message, r: Responder, args: str) -> None:
    plugin.log.warning("careful: %s", args)
    await r.reply(str(threading.active_count()))


plugin.serve()
