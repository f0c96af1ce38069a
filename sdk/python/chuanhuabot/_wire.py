"""Translates between what plugins see and what goes over the wire."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ._pb.bot.v1 import plugin_pb2 as pb
from .content import (
    Address, Choice, Content, Event, File, Image, Link, Location, Media, Menu, Message, Raw, Text, Video, Voice, Window,
)
from .errors import NoContent

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def valid(text: str) -> str:
    """Replaces what is not Unicode text: one lone surrogate in a field would end the whole stream."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def from_millis(ms: int) -> datetime | None:
    """Returns None for 0, and for what no datetime can be."""
    if ms == 0:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return None


def decode_message(p: pb.Message) -> Message:
    """Raises NoContent for a message whose content this version does not know."""
    return Message(
        id=p.id, content=decode_content(p.content), channel=p.channel, account=p.account, sender=p.sender,
        conversation=p.conversation, time=from_millis(p.time_ms), state=p.state, answer_by=from_millis(p.answer_by_ms),
        window=decode_window(p.window),
    )


def decode_window(p: pb.Window) -> Window:
    return Window(left=p.left, until=from_millis(p.until_ms))


def encode_address(a: Address) -> pb.Address:
    return pb.Address(channel=valid(a.channel), account=valid(a.account), conversation=valid(a.conversation),
                      recipient=valid(a.recipient))


def encode_content(c: Content | str) -> pb.Content:
    """Raises NoContent for what is no content. A str is a Text."""
    if isinstance(c, str):
        c = Text(c)
    if isinstance(c, Text):
        return pb.Content(text=pb.Text(text=valid(c.text), choice=valid(c.choice)))
    if isinstance(c, Image):
        return pb.Content(image=pb.Image(media=encode_media(c.media)))
    if isinstance(c, Voice):
        return pb.Content(voice=pb.Voice(media=encode_media(c.media), wideband=encode_media(c.wideband),
                                         transcript=valid(c.transcript)))
    if isinstance(c, Video):
        return pb.Content(video=pb.Video(media=encode_media(c.media), thumbnail=encode_media(c.thumbnail),
                                         title=valid(c.title), description=valid(c.description)))
    if isinstance(c, File):
        return pb.Content(file=pb.File(media=encode_media(c.media)))
    if isinstance(c, Location):
        return pb.Content(location=pb.Location(latitude=c.latitude, longitude=c.longitude, scale=c.scale,
                                               label=valid(c.label)))
    if isinstance(c, Link):
        return pb.Content(link=pb.Link(url=valid(c.url), title=valid(c.title), description=valid(c.description),
                                       picture_url=valid(c.picture_url)))
    if isinstance(c, Menu):
        choices = [pb.Choice(id=valid(one.id), text=valid(one.text)) for one in c.choices]
        return pb.Content(menu=pb.Menu(head=valid(c.head), choices=choices, tail=valid(c.tail)))
    if isinstance(c, Event):
        return pb.Content(event=pb.Event(type=valid(c.type), key=valid(c.key), fields_json=valid(c.fields_json)))
    if isinstance(c, Raw):
        return pb.Content(raw=pb.Raw(type=valid(c.type), fields_json=valid(c.fields_json)))
    raise NoContent


def decode_content(p: pb.Content) -> Content:
    """Raises NoContent for a kind that this version does not know, or none."""
    kind = p.WhichOneof("kind")
    if kind == "text":
        return Text(p.text.text, p.text.choice)
    if kind == "image":
        return Image(decode_media(p.image.media))
    if kind == "voice":
        return Voice(decode_media(p.voice.media), decode_media(p.voice.wideband), p.voice.transcript)
    if kind == "video":
        return Video(decode_media(p.video.media), decode_media(p.video.thumbnail), p.video.title, p.video.description)
    if kind == "file":
        return File(decode_media(p.file.media))
    if kind == "location":
        return Location(p.location.latitude, p.location.longitude, p.location.scale, p.location.label)
    if kind == "link":
        return Link(p.link.url, p.link.title, p.link.description, p.link.picture_url)
    if kind == "menu":
        return Menu(p.menu.head, tuple(Choice(c.id, c.text) for c in p.menu.choices), p.menu.tail)
    if kind == "event":
        return Event(p.event.type, p.event.key, p.event.fields_json)
    if kind == "raw":
        return Raw(p.raw.type, p.raw.fields_json)
    raise NoContent


def encode_media(m: Media) -> pb.Media | None:
    if m == Media():
        return None
    return pb.Media(id=valid(m.id), url=valid(m.url), name=valid(m.name), format=valid(m.format))


def decode_media(p: pb.Media) -> Media:
    return Media(p.id, p.url, p.name, p.format)
