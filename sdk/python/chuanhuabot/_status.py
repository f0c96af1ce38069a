"""Makes a gRPC status the error that it stands for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator, Type

import grpc

from .errors import (
    Conflict, Disconnected, Full, HostError, Invalid, MediaForm, MediaGone, MediaTooLarge, NoPerson, NotFound, NotGranted,
    TooSlow,
)

# Where two have one code, the method tells them apart.
_CODES: dict[Type[HostError], grpc.StatusCode] = {
    NotGranted: grpc.StatusCode.PERMISSION_DENIED,
    MediaGone: grpc.StatusCode.NOT_FOUND,
    NotFound: grpc.StatusCode.NOT_FOUND,
    MediaTooLarge: grpc.StatusCode.OUT_OF_RANGE,
    MediaForm: grpc.StatusCode.FAILED_PRECONDITION,
    NoPerson: grpc.StatusCode.FAILED_PRECONDITION,
    Conflict: grpc.StatusCode.ABORTED,
    TooSlow: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Full: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Invalid: grpc.StatusCode.INVALID_ARGUMENT,
}


@contextmanager
def translated(*known: Type[HostError]) -> Iterator[None]:
    """Raises what a method knows, NotGranted, Invalid, Disconnected, TimeoutError or a plain HostError for a status."""
    try:
        yield
    except grpc.RpcError as e:
        code, text = e.code(), e.details() or ""
        for one in (*known, NotGranted, Invalid):
            if _CODES[one] is code:
                raise one(text) from None
        if code is grpc.StatusCode.UNAVAILABLE:
            raise Disconnected(f"the bot cannot be reached: {text}") from None
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            raise TimeoutError(text) from None
        raise HostError(f"{code.name}: {text}") from None
