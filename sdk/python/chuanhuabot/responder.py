"""What a handler answers with."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, Coroutine, Protocol, TypeVar

from ._pb.bot.v1 import plugin_pb2 as pb
from ._wire import encode_content, valid
from .content import Content
from .errors import TooLarge, TurnOver
from .limits import MAX_CONTENT, MAX_STATE

T = TypeVar("T")


class Outlet(Protocol):
    """Where the actions of a turn go."""

    async def put(self, turn: int, action: pb.Action, size: int) -> None:
        """Queues an action, and waits while the queue is full."""


class Responder:
    """What an `async def` handler answers with while it handles a message.

    Its methods may be called from any task of the plugin's event loop. They raise TooLarge or NoContent when a content
    cannot be sent at all, and TurnOver once the turn has ended or was cancelled; after the handler has returned they
    always do. A turn that neither passes nor forwards ends the chain, whether it replied or not.
    """

    def __init__(self, outlet: Outlet, turn: int) -> None:
        """Handlers get theirs; tests may make one with an outlet of their own."""
        self._outlet = outlet
        self._turn = turn
        self._over = False
        self._order = asyncio.Lock()  # Also keeps `done` behind everything else.

    @property
    def over(self) -> bool:
        """Whether the turn has ended or was cancelled."""
        return self._over

    async def reply(self, content: Content | str) -> None:
        """Sends one more message to the person. A str is a Text."""
        await self._do(pb.Action(reply=encode_content(content)))

    async def append(self, text: str) -> None:
        """Adds text to the reply that is being written. The next reply, or the end of the turn, ends that reply."""
        await self._do(pb.Action(append=valid(text)))

    async def pass_on(self) -> None:
        """Lets the next step of the chain see the message as it is."""
        action = pb.Action()
        getattr(action, "pass").SetInParent()
        await self._do(action)

    async def forward(self, content: Content | str) -> None:
        """Lets the next step of the chain see the message with this content instead."""
        await self._do(pb.Action(forward=encode_content(content)))

    async def handoff(self, reason: str) -> None:
        """Gives the conversation to a person; reason is for that person."""
        await self._do(pb.Action(handoff=valid(reason)))

    async def save(self, state: bytes) -> None:
        """Makes state what the plugin gets as Message.state in the next turn of this conversation.

        At most MAX_STATE bytes; empty forgets it. It holds once the turn has ended without an error.
        """
        if len(state) > MAX_STATE:
            raise TooLarge(f"{len(state)} bytes of state, more than the {MAX_STATE} that are kept")
        await self._do(pb.Action(save=bytes(state)))

    async def _do(self, action: pb.Action) -> None:
        size: int = action.ByteSize()
        if size > MAX_CONTENT:
            raise TooLarge(f"{size} bytes of content, more than the {MAX_CONTENT} that one message may have")
        async with self._order:
            if self._over:
                raise TurnOver
            await self._outlet.put(self._turn, action, size)

    def _end(self) -> None:
        self._over = True

    async def _done(self, failed: str) -> None:
        """Ends the turn, also one that was cancelled: the bot may not have been the one that did."""
        action = pb.Action(done=pb.Done(error=failed))
        async with self._order:
            self._over = True
            await self._outlet.put(self._turn, action, action.ByteSize())


class BlockingResponder:
    """What a `def` handler, which runs in a thread of its own, answers with.

    Its methods are those of Responder, but they block. A thread cannot be broken off: a handler that takes long looks
    at `over` now and then, and ends when it is true.
    """

    def __init__(self, responder: Responder, loop: asyncio.AbstractEventLoop) -> None:
        self._responder = responder
        self._loop = loop

    @property
    def over(self) -> bool:
        """Whether the turn has ended or was cancelled."""
        return self._responder.over

    def reply(self, content: Content | str) -> None:
        """Sends one more message to the person. A str is a Text."""
        self.run(self._responder.reply(content))

    def append(self, text: str) -> None:
        """Adds text to the reply that is being written."""
        self.run(self._responder.append(text))

    def pass_on(self) -> None:
        """Lets the next step of the chain see the message as it is."""
        self.run(self._responder.pass_on())

    def forward(self, content: Content | str) -> None:
        """Lets the next step of the chain see the message with this content instead."""
        self.run(self._responder.forward(content))

    def handoff(self, reason: str) -> None:
        """Gives the conversation to a person; reason is for that person."""
        self.run(self._responder.handoff(reason))

    def save(self, state: bytes) -> None:
        """Makes state what the plugin gets as Message.state in the next turn of this conversation."""
        self.run(self._responder.save(state))

    def run(self, awaitable: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine, such as one of the Host, on the plugin's event loop, and blocks for its result.

        Raises RuntimeError where an event loop runs, which it would block for ever.
        """
        if _on_a_loop():
            awaitable.close()
            raise RuntimeError("a blocking method was called on an event loop: use the awaitable one")
        future: Future[T] = asyncio.run_coroutine_threadsafe(awaitable, self._loop)
        return future.result()



def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
        return True
    except RuntimeError:
        return False
