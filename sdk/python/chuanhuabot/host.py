"""What the bot does for a plugin beside its turns."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, AsyncIterator

import grpc

from ._media import Bytes, Form, Source, open_media, save_media
from ._pb.bot.v1 import plugin_pb2 as pb
from ._status import translated
from ._wire import decode_media, decode_window, encode_address, encode_content, encode_media, valid
from .content import Address, Content, Media, Window
from .errors import Conflict, Disconnected, Full, Invalid, NoPerson, NotFound, TooLarge, TooSlow
from .limits import MAX_CONTENT, MAX_FRAME, MAX_KEY, MAX_SEND_KEY, MAX_VALUE

_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_FRAME),
    ("grpc.max_send_message_length", MAX_FRAME),
    ("grpc.enable_http_proxy", 0),
]


class State(enum.Enum):
    """How far a message outside of a turn is. SENT and FAILED are final."""

    UNKNOWN = 0
    QUEUED = 1
    SENT = 2
    FAILED = 3


@dataclass(frozen=True)
class Outcome:
    """How a message, or a handoff, outside of a turn stands."""

    key: str
    state: State
    reason: str = ""
    """Why it has failed, or what it waits for. It is for an operator."""


class Host:
    """What the bot does for a plugin beside its turns.

    What a plugin may use of it says `grants:` of bot.yaml; everything else is NotGranted. It is for the plugin's event
    loop, and lasts as long as the plugin. All methods wait for the bot, and end when their task is cancelled; where the bot
    is gone, or serves no Host, they raise Disconnected.
    """

    def __init__(self, channel: grpc.aio.Channel | None, token: str) -> None:
        self._channel = channel
        self._metadata = (("authorization", f"Bearer {token}"),)

    async def close(self) -> None:
        """Ends the connection. The SDK does it at the end of the plugin."""
        if self._channel is not None:
            await self._channel.close()

    async def send(self, to: Address, content: Content | str, key: str) -> Outcome:
        """Sends a message that answers none: needs the grant send.

        key is chosen by the plugin, 1 to MAX_SEND_KEY bytes: a second call with the same one sends nothing and says how the
        first one stands; it is known for three days at least. It returns when the message is on record, which may be before the
        platform has it. A message that could never be sent is Invalid.
        """
        encoded = encode_content(content)
        if encoded.ByteSize() > MAX_CONTENT:
            raise TooLarge(f"{encoded.ByteSize()} bytes of content, more than the {MAX_CONTENT} that one message may have")
        request = pb.SendRequest(to=encode_address(to), content=encoded, key=_key(key, MAX_SEND_KEY))
        with translated():
            answer = await self._call("Send", request, pb.SendResponse)
        return _outcome(answer.outcome)

    async def handoff(self, conversation: Address, reason: str, key: str) -> Outcome:
        """Gives a conversation to a person: needs the grant handoff. reason is for that person, key is that of send.

        NoPerson says that the channel has nobody.
        """
        request = pb.HandoffRequest(conversation=encode_address(conversation), reason=valid(reason),
                                    key=_key(key, MAX_SEND_KEY))
        with translated(NoPerson):
            answer = await self._call("Handoff", request, pb.HandoffResponse)
        return _outcome(answer.outcome)

    async def outcomes(self) -> AsyncIterator[Outcome]:
        """Tells how each message of send and handoff ends, from the first step of the iteration on: needs the grant send.

        TooSlow says that the loop's body took too long, and that outcomes are lost: send with the same key tells them.
        """
        call = self._method("unary_stream", "Outcomes", pb.OutcomesRequest, pb.Outcome)(
            pb.OutcomesRequest(), metadata=self._metadata)
        try:
            with translated(TooSlow):
                while (outcome := await call.read()) is not grpc.aio.EOF:
                    yield _outcome(outcome)
        finally:
            call.cancel()
        raise Disconnected("the bot went away")

    async def open_media(self, channel: str, media: Media, want: Form = Form.AS_IT_IS) -> Bytes:
        """Returns the bytes of media that came in with a message of channel: needs the grant media.

        The caller closes them. MediaGone, MediaTooLarge and MediaForm can be told apart, also while the bytes are read.
        """
        request = pb.OpenMediaRequest(channel=valid(channel), media=encode_media(media),
                                      want=pb.OpenMediaRequest.Form.ValueType(want.value))
        return await open_media(self._method("unary_stream", "OpenMedia", pb.OpenMediaRequest, pb.OpenMediaResponse)(
            request, metadata=self._metadata))

    async def save_media(
        self, channel: str, kind: str, source: Source, *, name: str = "", type: str = "", size: int = -1
    ) -> Media:
        """Gives the platform of a channel bytes, to be sent as kind (image, voice, video or file): needs the grant media.

        It reads source to its end. MediaTooLarge and MediaForm can be told apart.
        """
        if isinstance(source, bytes):
            size = len(source)
        header = pb.SaveMediaHeader(channel=valid(channel), kind=valid(kind),
                                    info=pb.MediaInfo(name=valid(name), type=valid(type), size=size))
        call = self._method("stream_unary", "SaveMedia", pb.SaveMediaRequest, pb.SaveMediaResponse)(
            metadata=self._metadata)
        return decode_media(await save_media(call, header, source))

    async def window(self, conversation: Address) -> Window:
        """Says what the platform lets the bot send in a conversation now; Window() if it does not know. Needs no grant."""
        request = pb.GetWindowRequest(conversation=encode_address(conversation))
        with translated():
            answer = await self._call("GetWindow", request, pb.GetWindowResponse)
        return decode_window(answer.window)

    async def get(self, key: str) -> tuple[bytes, int]:
        """Returns one of the plugin's own values and its revision; NotFound. Needs the grant kv, as the next three do."""
        with translated(NotFound):
            answer = await self._call("GetValue", pb.GetValueRequest(key=_key(key, MAX_KEY)), pb.GetValueResponse)
        return answer.value, answer.revision

    async def put(self, key: str, value: bytes, revision: int | None = None) -> int:
        """Writes a value of at most MAX_VALUE bytes and returns its new revision.

        Unless revision is None, the value must still have it, 0 for one that is not there; otherwise it is Conflict. Full
        says that the plugin has MAX_KEYS already.
        """
        if len(value) > MAX_VALUE:
            raise TooLarge(f"{len(value)} bytes, more than the {MAX_VALUE} that a value may have")
        request = pb.PutValueRequest(key=_key(key, MAX_KEY), value=bytes(value), revision=revision)
        with translated(Conflict, Full):
            answer = await self._call("PutValue", request, pb.PutValueResponse)
        return int(answer.revision)

    async def delete(self, key: str) -> None:
        """Removes a value. Removing what is not there is no error."""
        with translated():
            await self._call("DeleteValue", pb.DeleteValueRequest(key=_key(key, MAX_KEY)), pb.DeleteValueResponse)

    async def keys(self, prefix: str = "") -> list[str]:
        """Returns the keys that begin with prefix, in the order of their bytes."""
        with translated():
            answer = await self._call("ListKeys", pb.ListKeysRequest(prefix=valid(prefix)), pb.ListKeysResponse)
        return list(answer.keys)

    async def _call(self, name: str, request: Any, answer: Any) -> Any:
        return await self._method("unary_unary", name, type(request), answer)(request, metadata=self._metadata)

    def _method(self, shape: str, name: str, request: Any, answer: Any) -> Any:
        if self._channel is None:
            raise Disconnected("this bot serves no Host to the plugin: it may be too old for that")
        return getattr(self._channel, shape)(f"/bot.v1.Host/{name}", request.SerializeToString, answer.FromString)


def dial(address: str, token: str) -> Host:
    """Connects to the Host at address, as gRPC writes it. It does not wait: each call does. "" is a Host that is nowhere."""
    return Host(grpc.aio.insecure_channel(address, options=_OPTIONS) if address else None, token)


def _key(key: str, most: int) -> str:
    size = len(valid(key).encode())
    if not 1 <= size <= most:
        raise Invalid(f"a key has 1 to {most} bytes, not {size}")
    return valid(key)


def _outcome(p: pb.Outcome) -> Outcome:
    known = p.state in (1, 2, 3)
    return Outcome(p.key, State(p.state) if known else State.UNKNOWN, p.reason)
