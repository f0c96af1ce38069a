"""The errors that a plugin may meet, and those that it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable


class Error(Exception):
    """What all errors of this package are."""


class TurnOver(Error):
    """The turn has ended or was cancelled: nothing can be said in it any more."""

    def __init__(self) -> None:
        super().__init__("the turn is over")


class NoContent(Error):
    """There is no content, or one of a kind that this version does not know."""

    def __init__(self) -> None:
        super().__init__("no content, or a kind of content that this version does not know")


class TooLarge(Error):
    """A content or state is larger than the protocol allows. Nothing of it was sent."""


class Disconnected(Error):
    """The bot went away, or serves no Host to this plugin."""


class HostError(Error):
    """The bot has refused or failed what the Host was asked for. The classes below can be told apart."""


class NotGranted(HostError):
    """bot.yaml does not grant the plugin this: it needs a line in `grants:`."""


class Invalid(HostError):
    """What was asked for could never be done."""


class NoPerson(HostError):
    """The channel has nobody to give a conversation to."""


class TooSlow(HostError):
    """Outcomes came faster than they were taken, and some are lost. Send with the same key tells them."""


class NotFound(HostError):
    """There is no value of this key."""


class Conflict(HostError):
    """Somebody else changed the value first."""


class Full(HostError):
    """The plugin has as many values as it may."""


class MediaGone(HostError):
    """The platform does not have this media, or not any more."""


class MediaTooLarge(HostError):
    """The media has too many bytes."""


class MediaForm(HostError):
    """The media cannot be had, or taken, in this form."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a configuration."""

    field: str
    """The field, dotted from the top of the configuration: "backend.url". Empty: the whole."""
    message: str
    """What is wrong and what to write instead."""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class Problems(Error):
    """Every mistake found in a configuration, at once. Raise it from a setup function, or from a settings' check."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(p) for p in self.problems))
