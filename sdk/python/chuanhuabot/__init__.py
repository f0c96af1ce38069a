"""Write reply plugins for the bot in Python. See README.md for a start.

Importing this package in a plugin takes standard output away for the handshake with the bot: what is printed after that goes to the
bot's log.
"""

from .process import serve  # First: it takes the streams.
from ._media import Bytes, Form
from .content import (
    Address, Choice, Content, Event, File, Image, Link, Location, Media, Menu, Message, Raw, Text, Video, Voice, Window,
)
from .errors import (
    Conflict, Disconnected, Error, Full, HostError, Invalid, MediaForm, MediaGone, MediaTooLarge, NoContent, NoPerson,
    NotFound, NotGranted, Problem, Problems, TooLarge, TooSlow, TurnOver,
)
from .handler import Description, Handler
from .host import Host, Outcome, State
from .plugin import Plugin
from .responder import BlockingResponder, Responder
from .schema import schema_of
from .settings import Secret, read_settings, setting
from .state import dump, load

__all__ = [
    "Address", "BlockingResponder", "Bytes", "Choice", "Conflict", "Content", "Description", "Disconnected", "Error",
    "Event", "File", "Form", "Full", "Handler", "Host", "HostError", "Image", "Invalid", "Link", "Location", "Media",
    "MediaForm", "MediaGone", "MediaTooLarge", "Menu", "Message", "NoContent", "NoPerson", "NotFound", "NotGranted",
    "Outcome", "Plugin", "Problem", "Problems", "Raw", "Responder", "Secret", "State", "Text", "TooLarge", "TooSlow",
    "TurnOver", "Video", "Voice", "Window", "dump", "load", "read_settings", "schema_of", "serve", "setting",
]
