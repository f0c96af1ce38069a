"""What turns have said, until the one writer of a stream has sent it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Awaitable, Callable

from ._pb.bot.v1 import plugin_pb2 as pb

# Lets turns go on while the writer waits for the transport.
_QUEUED = 256
# Bounds how many bytes of actions the writer merges into one frame.
_MERGED = 256 << 10


class Outbox:
    """A queue of actions with room for a bounded number. Whoever waits for room gets it in order: no turn that says much can
    keep another one from saying anything."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_QUEUED)
        self._actions: deque[tuple[int, pb.Action, int]] = deque()
        self._pongs: deque[int] = deque()
        self._filled = asyncio.Event()
        self._over = False

    async def put(self, turn: int, action: pb.Action, size: int) -> None:
        """Queues an action of a turn, and waits while there is no room."""
        await self._room.acquire()
        self._actions.append((turn, action, size))
        self._filled.set()

    def pong(self, id: int) -> None:
        """Answers a ping before all that is queued."""
        self._pongs.append(id)
        self._filled.set()

    def end(self) -> None:
        """Lets write return once all is sent. Nothing may be put after it."""
        self._over = True
        self._filled.set()

    async def write(self, write: Callable[[pb.FromPlugin], Awaitable[None]], broken: Callable[[Exception], None]) -> None:
        """Sends what is queued until the end. Once write has failed, which is told to broken, it only drains."""
        failed = False
        while (frame := await self._next()) is not None:
            if failed:
                continue
            try:
                await write(frame)
            except Exception as e:
                failed = True
                broken(e)

    async def _next(self) -> pb.FromPlugin | None:
        while not self._pongs and not self._actions:
            if self._over:
                return None
            self._filled.clear()
            await self._filled.wait()
        if self._pongs:
            return pb.FromPlugin(pong=pb.Pong(id=self._pongs.popleft()))
        return self._merged()

    def _merged(self) -> pb.FromPlugin:
        """Makes a frame of the first action and of what lies behind it for the same turn."""
        turn, total = self._actions[0][0], 0
        frame = pb.FromPlugin(actions=pb.Actions(turn=turn))
        while self._actions and self._actions[0][0] == turn:
            size = self._actions[0][2]
            if total > 0 and total + size > _MERGED:
                break
            total += size
            frame.actions.actions.append(self._actions.popleft()[1])
            self._room.release()
        return frame
