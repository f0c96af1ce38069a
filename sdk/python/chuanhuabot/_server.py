"""The services that a plugin serves: ours, and those of go-plugin and gRPC that the bot expects beside it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Awaitable, Callable

import grpc

from ._pb.bot.v1 import plugin_pb2 as pb
from ._session import Session
from ._wire import valid
from .errors import Problem, Problems
from .handler import Handler
from .host import Host, dial
from .limits import MAX_FRAME

log = logging.getLogger("chuanhuabot")

# The messages of gRPC's health service and of go-plugin's controller are so small that their bytes say it all.
_ASKS_FOR_ALL, _ASKS_FOR_PLUGIN = b"", b"\n\x06plugin"
_SERVING = b"\x08\x01"
_EMPTY = b""

# How long an answer, that to Shutdown above all, may take to leave.
_GOODBYE = 0.2

_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_FRAME),
    ("grpc.max_send_message_length", MAX_FRAME),
    ("grpc.so_reuseport", 0),
]


class Server:
    """Serves a handler. Make it on the event loop that it is to run on."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._host: Host | None = None
        self._sessions: set[Session] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.asked_to_stop = asyncio.Event()
        """Set when the bot has called Shutdown."""
        self.grpc = grpc.aio.server(options=_OPTIONS)
        self.grpc.add_generic_rpc_handlers(tuple(
            grpc.method_handlers_generic_handler(service, methods) for service, methods in self._services().items()))

    def _services(self) -> dict[str, dict[str, Any]]:
        return {
            "bot.v1.Plugin": {
                "Describe": _unary(self._describe, pb.DescribeRequest, pb.DescribeResponse),
                "Configure": _unary(self._configure, pb.ConfigureRequest, pb.ConfigureResponse),
                "Converse": grpc.stream_stream_rpc_method_handler(
                    self._converse, pb.ToPlugin.FromString, pb.FromPlugin.SerializeToString),
            },
            "grpc.health.v1.Health": {"Check": grpc.unary_unary_rpc_method_handler(self._check)},
            "plugin.GRPCController": {"Shutdown": grpc.unary_unary_rpc_method_handler(self._shutdown)},
        }

    async def stop(self, patience: float) -> None:
        """Takes no more turns, lets those that run end for patience seconds, and stops serving."""
        for session in self._sessions:
            session.stop()
        try:
            await asyncio.wait_for(self._idle.wait(), patience)
        except asyncio.TimeoutError:
            for session in self._sessions:
                session.cancel()
        await self.grpc.stop(_GOODBYE)
        await self._use_host(None)

    async def _describe(self, request: pb.DescribeRequest, context: Any) -> pb.DescribeResponse:
        d = self._handler.describe()
        return pb.DescribeResponse(name=valid(d.name), version=valid(d.version), config_schema=valid(d.config_schema),
                                   stateful=d.stateful)

    async def _configure(self, request: pb.ConfigureRequest, context: Any) -> pb.ConfigureResponse:
        await self._use_host(dial(request.host_address, request.host_token))
        assert self._host is not None
        try:
            await self._handler.configure(request.config_json, self._host)
        except Problems as e:
            return _problems(e.problems)
        except Exception as e:
            log.warning("configure: %s", type(e).__name__, exc_info=True)
            return _problems((Problem("", str(e) or type(e).__name__),))
        return pb.ConfigureResponse()

    async def _use_host(self, following: Host | None) -> None:
        """Ends the connection to the bot, if there is one, and remembers the next."""
        before, self._host = self._host, following
        if before is not None:
            await before.close()

    async def _converse(self, _: Any, context: Any) -> None:
        session = Session(self._handler)
        self._sessions.add(session)
        self._idle.clear()

        async def read() -> pb.ToPlugin | None:
            frame = await context.read()
            return None if frame is grpc.aio.EOF else frame

        try:
            await session.run(read, context.write)
        finally:
            self._sessions.discard(session)
            if not self._sessions:
                self._idle.set()

    async def _check(self, request: bytes, context: Any) -> bytes:
        if request not in (_ASKS_FOR_ALL, _ASKS_FOR_PLUGIN):
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return _SERVING

    async def _shutdown(self, request: bytes, context: Any) -> bytes:
        self.asked_to_stop.set()
        return _EMPTY


def _unary(call: Callable[[Any, Any], Awaitable[Any]], request: Any, response: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(call, request.FromString, response.SerializeToString)


def _problems(problems: tuple[Problem, ...]) -> pb.ConfigureResponse:
    return pb.ConfigureResponse(
        problems=[pb.Problem(field=valid(p.field), message=valid(p.message)) for p in problems])
