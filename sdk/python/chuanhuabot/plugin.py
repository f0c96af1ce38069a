"""A plugin made of functions."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any, Awaitable, Callable, Coroutine, Generic, Type, TypeVar, Union, overload

from ._threads import Threads
from .content import Event, Message
from .errors import Problem, Problems
from .handler import Description
from .host import Host
from .process import serve
from .responder import BlockingResponder, Responder
from .schema import schema_of
from .settings import read_settings

S = TypeVar("S")

Function = Union[
    Callable[[Message, Responder], Awaitable[None]],
    Callable[[Message, BlockingResponder], None],
]
"""Handles messages: `async def` on the plugin's event loop, or `def` in a thread of its own."""

Command = Union[
    Callable[[Message, Responder, str], Awaitable[None]],
    Callable[[Message, BlockingResponder, str], None],
]
"""A Function that also gets what follows the command's word."""

F = TypeVar("F", bound=Function)
C = TypeVar("C", bound=Command)
A = TypeVar("A", bound=Callable[[], Any])


class Plugin(Generic[S]):
    """A plugin made of functions: the first that fits a message handles it.

    Commands are tried first, then functions for an event, then those for a kind of content, then the one for every message.
    A message that none of them wants is passed on, so that the next step of the chain sees it.

    Functions written with `async def` share one event loop: they must not block. Functions written with `def` run in threads, at
    most `threads` at once, and may.
    """

    @overload
    def __init__(self: Plugin[None], name: str, *, version: str = "", stateful: bool = False, threads: int = 16) -> None: ...

    @overload
    def __init__(
        self: Plugin[S], name: str, *, version: str = "", settings: Type[S], stateful: bool = False, threads: int = 16
    ) -> None: ...

    def __init__(
        self, name: str, *, version: str = "", settings: Any = None, stateful: bool = False, threads: int = 16
    ) -> None:
        """settings is a dataclass; a stateful plugin gets Message.state."""
        self.log = logging.getLogger(name or "plugin")
        """Logs for the plugin; it ends up in the bot's log."""
        self._about = Description(name, version, schema_of(settings) if settings else "", stateful)
        self._kind = settings
        self._settings: S | None = None
        self._host: Host | None = None
        self._setup: list[Callable[[], Any]] = []
        self._commands: dict[str, Callable[..., Any]] = {}
        self._events: dict[str, Callable[..., Any]] = {}
        self._contents: dict[str, Callable[..., Any]] = {}
        self._every: Callable[..., Any] | None = None
        self._threads = Threads(threads)
        self._background: set[asyncio.Task[Any]] = set()

    @property
    def settings(self) -> S:
        """The settings from bot.yaml. RuntimeError before the bot has sent them: setup functions and handlers have them."""
        if self._settings is None:
            raise RuntimeError("there are no settings yet (or Plugin(settings=...) is missing)")
        return self._settings

    @property
    def host(self) -> Host:
        """What the bot does for the plugin. RuntimeError before the bot has said where: setup functions and handlers have it."""
        if self._host is None:
            raise RuntimeError("the bot has not said yet where its Host is")
        return self._host

    def command(self, word: str) -> Callable[[C], C]:
        """Handles texts whose first word is this: `@plugin.command("/weather")` gets "/weather Beijing" and, as args, "Beijing"."""
        if len(word.split()) != 1 or word != word.strip():
            raise ValueError(f"a command is one word, not {word!r}")
        return self._register(self._commands, word)

    def event(self, *types: str) -> Callable[[F], F]:
        """Handles events of these types, such as "subscribe"."""
        return self._register(self._events, *types)

    def on(self, *kinds: str) -> Callable[[F], F]:
        """Handles these kinds of content, such as "image" and "voice"."""
        return self._register(self._contents, *kinds)

    def message(self, function: F) -> F:
        """Handles every message that nothing else does."""
        if self._every is not None:
            raise ValueError("there is a function for every message already")
        self._every = function
        return function

    def setup(self, function: A) -> A:
        """Is called once before the first message, when settings and host are there. It may raise Problems."""
        self._setup.append(function)
        return function

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs work beside the turns until the plugin ends. An exception of it is logged and ends nothing else."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def serve(self) -> None:
        """Runs the plugin until the bot says stop or is gone: the last call of a program."""
        serve(self)

    def describe(self) -> Description:
        """Says what the plugin is."""
        return self._about

    async def configure(self, config: str, host: Host) -> None:
        """Takes settings and host, and calls the setup functions."""
        self._host = host
        if self._kind is not None:
            self._settings = read_settings(self._kind, config)
        elif config not in ("", "{}"):
            raise Problems([Problem("", "this plugin takes no configuration; remove its config")])
        for function in self._setup:
            await self._call(function)

    async def handle(self, message: Message, responder: Responder) -> None:
        """Handles one message with the first function that fits."""
        word, args = _split(message.text)
        if (command := self._commands.get(word)) is not None:
            return await self._answer(command, message, responder, args)
        function = self._contents.get(message.content.kind, self._every)
        if isinstance(message.content, Event):
            function = self._events.get(message.content.type, function)
        if function is None:
            return await responder.pass_on()
        return await self._answer(function, message, responder)

    async def _answer(self, function: Callable[..., Any], message: Message, responder: Responder, *args: str) -> None:
        if not _blocks(function):
            await function(message, responder, *args)
            return
        blocking = BlockingResponder(responder, asyncio.get_running_loop())
        await self._threads.run(function, message, blocking, *args)

    async def _call(self, function: Callable[[], Any]) -> None:
        await (self._threads.run(function) if _blocks(function) else function())

    def _register(self, table: dict[str, Callable[..., Any]], *names: str) -> Callable[[Any], Any]:
        def register(function: Any) -> Any:
            for name in names:
                if name in table:
                    raise ValueError(f"there is a function for {name!r} already")
                table[name] = function
            return function
        return register

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (e := task.exception()) is not None:
            self.log.error("work beside the turns has ended", exc_info=e)


def _split(text: str) -> tuple[str, str]:
    """Returns the first word and what follows it."""
    parts = text.split(None, 1)
    return (parts[0] if parts else "", parts[1].strip() if len(parts) > 1 else "")


def _blocks(function: Callable[..., Any]) -> bool:
    call = getattr(function, "__call__", None)
    return not (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call))
