"""What a plugin is, for those who write one without the class Plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .content import Message
from .host import Host
from .responder import Responder


@dataclass(frozen=True)
class Description:
    """What a plugin says of itself."""

    name: str = ""
    """The plugin's own name, for logs and `bot check`. bot.yaml may call it differently."""
    version: str = ""
    """The plugin's version, in whatever scheme it uses."""
    config_schema: str = ""
    """A JSON Schema of the configuration; empty for none."""
    stateful: bool = False
    """Stateful plugins get Message.state."""


class Handler(Protocol):
    """Answers messages. The class Plugin is one; serve() takes any."""

    def describe(self) -> Description:
        """Says what the plugin is. It is called once, before configure."""

    async def configure(self, config: str, host: Host) -> None:
        """Takes the `config:` of bot.yaml, a JSON object whose secrets are resolved, and what the bot does for plugins.

        It is called once, before the first handle. It raises Problems to name the fields that are wrong; any other
        exception is a problem of the whole.
        """

    async def handle(self, message: Message, responder: Responder) -> None:
        """Handles one message.

        Many run at once, but for one conversation one at a time and in order. It is cancelled when the bot no longer
        waits; an exception costs this one message: the operator reads it, and the person sees the route's apology or
        nothing.
        """
