"""The plugin's side of one Converse stream: a reader that starts and cancels turns, a task for each turn, one writer."""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass, field
from typing import Awaitable, Callable, Protocol

from ._outbox import Outbox
from ._pb.bot.v1 import plugin_pb2 as pb
from ._wire import decode_message, valid
from .content import Message
from .errors import Error, TurnOver
from .responder import Responder

log = logging.getLogger("chuanhuabot")

# Bounds the bytes of an error that goes to the bot's log.
_ERROR_TEXT = 4 << 10


class Handles(Protocol):
    """The one thing that a session needs of a plugin."""

    async def handle(self, message: Message, responder: Responder) -> None:
        """Handles one message. An exception costs that message and nothing else."""


@dataclass
class _Turn:
    """A turn that runs."""

    responder: Responder
    task: asyncio.Task[None] | None = None
    started: bool = False
    timer: asyncio.TimerHandle | None = field(default=None)

    def end(self) -> None:
        """Cancels the handler. One that has not begun will not."""
        self.responder._end()
        if self.task is not None and self.started:
            self.task.cancel()


class Session:
    """Runs the turns of one stream."""

    def __init__(self, handler: Handles) -> None:
        self._handler = handler
        self._outbox = Outbox()
        self._turns: dict[int, _Turn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._stopped = False

    async def run(
        self, read: Callable[[], Awaitable[pb.ToPlugin | None]], write: Callable[[pb.FromPlugin], Awaitable[None]]
    ) -> None:
        """Returns when the bot has closed its half (read returns None) and the last turn has ended.

        When it is cancelled, or read fails, nobody waits for what still runs: all turns are cancelled.
        """
        writer = asyncio.create_task(self._outbox.write(write, self._broken))
        self._reader = asyncio.create_task(self._read(read))
        if self._stopped:
            self._reader.cancel()
        try:
            await asyncio.wait({self._reader})
            if not self._reader.cancelled():
                self._reader.result()
            await self._drained()
        except BaseException:
            self._reader.cancel()
            self.cancel()
            await self._drained()
            raise
        finally:
            self._outbox.end()
            await writer

    def stop(self) -> None:
        """Takes no more turns. Those that run go on, and run returns after the last one."""
        self._stopped = True
        if self._reader is not None:
            self._reader.cancel()

    def cancel(self) -> None:
        """Cancels the turns that run."""
        for turn in list(self._turns.values()):
            turn.end()

    async def _drained(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _read(self, read: Callable[[], Awaitable[pb.ToPlugin | None]]) -> None:
        while (frame := await read()) is not None:
            kind = frame.WhichOneof("frame")
            if kind == "turn":
                self._begin(frame.turn)
            elif kind == "cancel":
                if (turn := self._turns.get(frame.cancel.turn)) is not None:
                    turn.end()
            elif kind == "ping":
                self._outbox.pong(frame.ping.id)

    def _begin(self, p: pb.Turn) -> None:
        turn = _Turn(Responder(self._outbox, p.id))
        self._turns[p.id] = turn
        if p.timeout_ms > 0:
            turn.timer = asyncio.get_running_loop().call_later(p.timeout_ms / 1000, turn.end)
        turn.task = asyncio.create_task(self._run_turn(p, turn))
        self._tasks.add(turn.task)
        turn.task.add_done_callback(self._tasks.discard)

    async def _run_turn(self, p: pb.Turn, turn: _Turn) -> None:
        failed = await self._handle(p, turn)
        turn.started = False  # From here on nothing cancels it: done is still to be said.
        if turn.timer is not None:
            turn.timer.cancel()
        if self._turns.get(p.id) is turn:
            del self._turns[p.id]
        await turn.responder._done(failed)

    async def _handle(self, p: pb.Turn, turn: _Turn) -> str:
        """Calls the handler and returns the text of its error; "" is none."""
        turn.started = True
        try:
            if turn.responder.over:
                raise TurnOver
            await self._handler.handle(decode_message(p.message), turn.responder)
            return ""
        except (asyncio.CancelledError, TurnOver) as e:
            if turn.responder.over:
                return str(TurnOver())
            return _text(e)
        except Error as e:
            log.warning("turn of message %s: %s", p.message.id, e, exc_info=True)
            return _text(e)
        except BaseException as e:  # SystemExit too: a message must not end the plugin.
            log.error("turn of message %s: %s", p.message.id, type(e).__name__, exc_info=True)
            return _text(e)

    def _broken(self, e: Exception) -> None:
        log.debug("the stream has broken off: %s", e)
        self.stop()
        self.cancel()


def _text(e: BaseException) -> str:
    """Says what went wrong in one piece for the operator; never empty."""
    if isinstance(e, Error):
        text = str(e) or type(e).__name__
    else:
        text = "".join(traceback.format_exception_only(type(e), e)).strip()
    return valid(text).encode()[:_ERROR_TEXT].decode(errors="ignore")
