"""Tells the author which line blocks the event loop, which no turn and no ping gets past."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Type

log = logging.getLogger("chuanhuabot")


class Watchdog:
    """Logs a warning, with the stack, when the event loop of the calling thread stands still. A context manager."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: float = 1.0) -> None:
        self._loop = loop
        self._limit = limit
        self._thread_id = threading.get_ident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(self, kind: Type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._limit):
            alive = threading.Event()
            try:
                self._loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # The loop is closed.
                return
            if alive.wait(self._limit) or self._over.is_set():
                continue
            self._warn()
            alive.wait()

    def _warn(self) -> None:
        frame = sys._current_frames().get(self._thread_id)
        stack = "".join(traceback.format_stack(frame)) if frame is not None else ""
        log.warning("the event loop has stood still for %.1f s, and the bot ends a plugin that does for 10 s: "
                    "write this handler with `def` instead of `async def`, or await\n%s", self._limit, stack.rstrip())
