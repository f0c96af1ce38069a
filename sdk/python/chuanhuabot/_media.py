"""Moves the bytes of media between the platform and the plugin, in chunks."""

from __future__ import annotations

import asyncio
import enum
from types import TracebackType
from typing import Any, AsyncIterable, AsyncIterator, BinaryIO, Type, Union

import grpc

from ._pb.bot.v1 import plugin_pb2 as pb
from ._status import translated
from .errors import MediaForm, MediaGone, MediaTooLarge
from .limits import MEDIA_CHUNK


class Form(enum.Enum):
    """What the bytes of media are to be."""

    AS_IT_IS = 0
    """As the platform has them."""
    WAV16K = 1
    """Sound as WAV: 16 kHz, one channel, 16 bits."""


Source = Union[bytes, BinaryIO, AsyncIterable[bytes]]
"""Bytes to be saved: as they are, a file that is open for reading, or pieces of any size."""


class Bytes:
    """The bytes of media, with what is known of them.

    An asynchronous iterator of chunks and a context manager that ends the transfer:
    `async with await host.open_media(...) as b: data = await b.read(1 << 20)`.
    """

    def __init__(self, call: Any, info: pb.MediaInfo) -> None:
        self._call = call
        self.name: str = info.name
        """The file's name, without a folder; may be empty."""
        self.type: str = info.type
        """The MIME type, such as "audio/amr"; may be empty."""
        self.size: int = info.size
        """How many there are; -1 if it is not known."""

    async def __aenter__(self) -> Bytes:
        return self

    async def __aexit__(self, kind: Type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the transfer, wherever it is."""
        self._call.cancel()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with translated(MediaGone, MediaTooLarge, MediaForm):
            while (part := await self._call.read()) is not grpc.aio.EOF:
                if part.chunk:
                    yield part.chunk

    async def read(self, most: int) -> bytes:
        """Returns all bytes; MediaTooLarge if there are more than most."""
        taken = bytearray()
        async for chunk in self:
            taken += chunk
            if len(taken) > most:
                self.close()
                raise MediaTooLarge(f"more than {most} bytes")
        return bytes(taken)


async def open_media(call: Any) -> Bytes:
    """Returns when the bot has said what the bytes are."""
    with translated(MediaGone, MediaTooLarge, MediaForm):
        first = await call.read()
    return Bytes(call, pb.MediaInfo(size=-1) if first is grpc.aio.EOF else first.info)


async def save_media(call: Any, header: pb.SaveMediaHeader, source: Source) -> pb.Media:
    """Sends source in chunks. What the bot says counts also if it says it before the end."""
    with translated(MediaGone, MediaTooLarge, MediaForm):
        try:
            await call.write(pb.SaveMediaRequest(header=header))
            async for chunk in _chunks(source):
                await call.write(pb.SaveMediaRequest(chunk=chunk))
            await call.done_writing()
        except (grpc.RpcError, asyncio.InvalidStateError):
            pass  # The bot has said something already.
        except BaseException:
            call.cancel()
            raise
        answer: pb.SaveMediaResponse = await call
        return answer.media


async def _chunks(source: Source) -> AsyncIterator[bytes]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        for at in range(0, len(source), MEDIA_CHUNK):
            yield bytes(source[at:at + MEDIA_CHUNK])
    elif isinstance(source, AsyncIterable):
        async for piece in source:
            async for chunk in _chunks(piece):
                yield chunk
    else:
        while chunk := await asyncio.to_thread(source.read, MEDIA_CHUNK):
            yield chunk
