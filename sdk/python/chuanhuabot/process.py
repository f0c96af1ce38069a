"""Runs a handler as the plugin's process: go-plugin's handshake, signals, and the end."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading

from . import _streams
from ._log import LineFormatter
from ._server import Server
from ._threads import HANDLER_THREADS
from ._watchdog import Watchdog
from .handler import Handler

# go-plugin's own version, and that of package bot.v1.
_CORE_VERSION, _PROTOCOL_VERSION = 1, 1
# How long turns that run may take to end once the plugin was told to.
_PATIENCE = 30.0

_ADVICE = """\
This program is a reply plugin and does nothing on its own: the bot starts it.
Name it in bot.yaml, as in `plugins: {mine: {command: [python3, %s]}}`, and run `bot run` or `bot chat`.
"""

_taken = _streams.take()


def serve(handler: Handler) -> None:
    """Runs handler as a plugin until the bot that started it says stop or is gone. It is the last call of a program.

    It blocks, and it ends the process with exit code 1 and a line of advice if it was not the bot that started it.
    Standard output belongs to the handshake; whatever the plugin prints or logs ends up in the bot's log. Interrupts
    (Ctrl-C reaches the plugin too) are ignored: only the bot decides.
    """
    if _taken is None:
        sys.exit(_ADVICE % os.path.basename(sys.argv[0]))
    if sys.platform == "win32":
        sys.exit("Plugins in Python need unix sockets: run the bot on Linux, macOS or WSL.")
    if os.environ.get("PLUGIN_CLIENT_CERT"):
        sys.exit("This bot wants TLS on the plugin's socket (AutoMTLS), which plugins in Python do not speak.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not logging.getLogger().handlers:
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(LineFormatter())
        logging.basicConfig(level=logging.INFO, handlers=[lines])
    with tempfile.TemporaryDirectory(prefix="plugin", dir=os.environ.get("PLUGIN_UNIX_SOCKET_DIR")) as folder:
        threading.Thread(target=_end_with_the_bot, args=(_taken.stdin, folder), name="bot watch", daemon=True).start()
        asyncio.run(_serve(handler, _taken.stdout, os.path.join(folder, "s")))
    _leave()


async def _serve(handler: Handler, stdout: int, path: str) -> None:
    loop, server = asyncio.get_running_loop(), Server(handler)
    loop.add_signal_handler(signal.SIGTERM, server.asked_to_stop.set)
    server.grpc.add_insecure_port("unix:" + path)
    await server.grpc.start()
    os.write(stdout, f"{_CORE_VERSION}|{_PROTOCOL_VERSION}|unix|{path}|grpc|\n".encode())
    with Watchdog(loop):
        await server.asked_to_stop.wait()
        await server.stop(_PATIENCE)


def _end_with_the_bot(stdin: int, folder: str) -> None:
    """Ends the process once the bot, which holds the other end of stdin, is gone: however it died."""
    try:
        while os.read(stdin, 4096):
            pass
    except OSError:
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _leave() -> None:
    """Does not wait for threads of handlers that still run: nobody waits for what they say."""
    if any(t.name.startswith(HANDLER_THREADS) for t in threading.enumerate()):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
