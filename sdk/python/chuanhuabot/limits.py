"""The limits of the protocol. All but MAX_KEYS are in bytes."""

from __future__ import annotations

MAX_FRAME = 16 << 20
"""One frame on the wire, in both directions."""
MAX_CONTENT = 1 << 20
"""One content: media goes by reference, so nothing comes near."""
MAX_STATE = 64 << 10
"""What a plugin may save for one conversation."""
MAX_KEY = 256
"""The key of a value."""
MAX_VALUE = 64 << 10
"""A value."""
MAX_KEYS = 1000
"""How many values a plugin may have."""
MAX_SEND_KEY = 128
"""The key of a message or handoff outside of a turn."""
MEDIA_CHUNK = 64 << 10
"""Media in one frame."""
