"""What messages carry. All of it is plain data that never changes after it was made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Union


@dataclass(frozen=True)
class Media:
    """Points to bytes that the platform keeps. It never contains them."""

    id: str = ""
    """The platform's media id."""
    url: str = ""
    """Where the bytes can be fetched without credentials, if anywhere."""
    name: str = ""
    """The file's name, if there is one."""
    format: str = ""
    """What the platform says the format is, such as "amr". Look at the bytes before believing it."""


@dataclass(frozen=True)
class Text:
    """Plain text."""

    kind: ClassVar[str] = "text"
    text: str = ""
    choice: str = ""
    """Inbound: the id of the Menu choice that was tapped to write this text."""


@dataclass(frozen=True)
class Image:
    """A picture."""

    kind: ClassVar[str] = "image"
    media: Media = Media()


@dataclass(frozen=True)
class Voice:
    """Speech: the recording, the same at 16 kHz where the platform has it, and what was said where it is known."""

    kind: ClassVar[str] = "voice"
    media: Media = Media()
    wideband: Media = Media()
    transcript: str = ""


@dataclass(frozen=True)
class Video:
    """A film clip and a still picture of it. Title and description are outbound only."""

    kind: ClassVar[str] = "video"
    media: Media = Media()
    thumbnail: Media = Media()
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class File:
    """Any other file."""

    kind: ClassVar[str] = "file"
    media: Media = Media()


@dataclass(frozen=True)
class Location:
    """A place, in degrees, north and east positive. A scale of 0 is not known."""

    kind: ClassVar[str] = "location"
    latitude: float = 0.0
    longitude: float = 0.0
    scale: float = 0.0
    label: str = ""


@dataclass(frozen=True)
class Link:
    """A page on the web."""

    kind: ClassVar[str] = "link"
    url: str = ""
    title: str = ""
    description: str = ""
    picture_url: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of a Menu. Its id comes back as Text.choice."""

    id: str = ""
    text: str = ""


@dataclass(frozen=True)
class Menu:
    """A question with choices to tap; head stands above them, tail below."""

    kind: ClassVar[str] = "menu"
    head: str = ""
    choices: tuple[Choice, ...] = ()
    tail: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened: somebody subscribed, tapped a menu, entered a session."""

    kind: ClassVar[str] = "event"
    type: str = ""
    """The platform's name of it, such as "subscribe"."""
    key: str = ""
    """The platform's key of it, such as a menu key or a scene. May be empty."""
    fields_json: str = ""
    """Every field of it as a JSON object, names as the platform writes them."""

    @property
    def fields(self) -> dict[str, Any]:
        """fields_json as a dict; ValueError if it is no JSON object."""
        return _object(self.fields_json)


@dataclass(frozen=True)
class Raw:
    """A message of a type that has no content of its own here: nothing is dropped in silence."""

    kind: ClassVar[str] = "raw"
    type: str = ""
    """The platform's name of the type."""
    fields_json: str = ""
    """Every field of it as a JSON object, names as the platform writes them."""

    @property
    def fields(self) -> dict[str, Any]:
        """fields_json as a dict; ValueError if it is no JSON object."""
        return _object(self.fields_json)

    @classmethod
    def of(cls, type: str, fields: dict[str, Any]) -> Raw:
        """Makes one of a dict; TypeError or ValueError if that is not JSON."""
        return cls(type, json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


Content = Union[Text, Image, Voice, Video, File, Location, Link, Menu, Event, Raw]
"""What a message carries."""


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text or "{}")
    if not isinstance(value, dict):
        raise ValueError("the fields are not a JSON object")
    return value


@dataclass(frozen=True)
class Window:
    """How many messages the platform takes for a person, and until when.

    A hint: what was sent since then counts, and the platform has the last word.
    """

    left: int = 0
    """How many; 0 if it is not known."""
    until: datetime | None = None
    """When the window closes; None if it is not known."""


@dataclass(frozen=True)
class Address:
    """Where a message goes, in the words of a Message from there."""

    channel: str
    account: str
    conversation: str
    recipient: str
    """Message.sender."""


@dataclass(frozen=True)
class Message:
    """One message of a person, or one event, as a channel received it."""

    id: str
    """Unique among the messages of the channel, and the same when the platform sends the message again."""
    content: Content
    channel: str = ""
    """The channel's name in bot.yaml."""
    account: str = ""
    """The account that the person wrote to, as the platform names it."""
    sender: str = ""
    """The person, as the platform names them."""
    conversation: str = ""
    """What turns are ordered by: one at a time in each."""
    time: datetime | None = None
    """When the platform says the message was sent."""
    state: bytes = b""
    """What this plugin saved for this conversation last; empty where it saved nothing or is not stateful."""
    answer_by: datetime | None = None
    """A hint: until then an answer is the cheapest for the platform. None: there is no such moment."""
    window: Window = Window()
    """What the platform let the bot send to the person when the message came."""

    @property
    def text(self) -> str:
        """The text of a Text, the transcript of a Voice, and "" for everything else."""
        if isinstance(self.content, Text):
            return self.content.text
        if isinstance(self.content, Voice):
            return self.content.transcript
        return ""

    @property
    def address(self) -> Address:
        """Where an answer to the message goes."""
        return Address(self.channel, self.account, self.conversation, self.sender)

    def with_content(self, content: Content) -> Message:
        """Returns a copy of the message that carries content."""
        return replace(self, content=content)
