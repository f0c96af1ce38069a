"""Takes standard input and output away from the plugin's own code.

Standard output belongs to the handshake: a print() before it would break it. Standard input tells when the bot is gone:
an input() would steal that. So both are moved to numbers that nobody knows before any other code of the plugin runs.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

# An environment variable that a plugin finds when the bot has started it. It is no secret: it only keeps people from
# starting a plugin by hand and wondering why nothing happens.
COOKIE_KEY = "BOT_PLUGIN"
COOKIE_VALUE = "chuanhuabot"


@dataclass(frozen=True)
class Streams:
    """The two file descriptors that connect the plugin with the bot."""

    stdin: int
    stdout: int


def take() -> Streams | None:
    """Moves the streams, or returns None where it was not the bot that started this process.

    What is printed from now on, also by C libraries and by children, goes to standard error, and so to the bot's log.
    The cookie goes too, so that a child which imports this package is not taken for the plugin.
    """
    if os.environ.get(COOKIE_KEY) != COOKIE_VALUE:
        return None
    del os.environ[COOKIE_KEY]
    sys.stdout.flush()
    taken = Streams(stdin=os.dup(0), stdout=os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # Line by line, and nothing that somebody prints is an error.
            reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    return taken
