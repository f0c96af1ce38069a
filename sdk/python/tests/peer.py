"""The bot's end of the wire, made by hand, for tests."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

import grpc

from chuanhuabot import Handler
from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb
from chuanhuabot._server import Server


class Peer:
    """Calls a plugin that is served in this process."""

    def __init__(self, server: Server, channel: Any) -> None:
        self.server = server
        self.channel = channel
        self._stream: Any = None

    async def call(self, method: str, request: Any, answer: Any) -> Any:
        """Calls a unary method of the service Plugin."""
        stub = self.channel.unary_unary(f"/bot.v1.Plugin/{method}", type(request).SerializeToString, answer.FromString)
        return await stub(request, timeout=10)

    @property
    def stream(self) -> Any:
        """Converse, which its first use opens. What is written is bytes, what is read a FromPlugin."""
        if self._stream is None:
            self._stream = self.channel.stream_stream("/bot.v1.Plugin/Converse", None, pb.FromPlugin.FromString)()
        return self._stream

    async def send(self, frame: pb.ToPlugin) -> None:
        """Writes a frame."""
        await self.stream.write(frame.SerializeToString())

    async def turn(self, id: int, text: str, **more: Any) -> None:
        """Begins a turn of a message with this text."""
        message = pb.Message(id=f"m{id}", conversation=f"c{id}", content=pb.Content(text=pb.Text(text=text)))
        await self.send(pb.ToPlugin(turn=pb.Turn(id=id, message=message, **more)))

    async def read(self) -> Any:
        """Returns the next frame, or None at the end."""
        frame = await asyncio.wait_for(self.stream.read(), 10)
        return None if frame is grpc.aio.EOF else frame

    async def actions(self, id: int) -> list[pb.Action]:
        """Returns what a turn does until it is done; frames of others are lost."""
        all: list[pb.Action] = []
        while not all or all[-1].WhichOneof("action") != "done":
            frame = await self.read()
            assert frame is not None, "the stream has ended"
            if frame.actions.turn == id:
                all += frame.actions.actions
        return all


@asynccontextmanager
async def peer(handler: Handler) -> AsyncIterator[Peer]:
    """Serves handler on a socket, and returns who calls it."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix:{folder}/s"
        server = Server(handler)
        server.grpc.add_insecure_port(address)
        await server.grpc.start()
        async with grpc.aio.insecure_channel(address, options=[("grpc.max_receive_message_length", 16 << 20)]) as channel:
            yield Peer(server, channel)
        await server.stop(5)
