from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Action(_message.Message):
    __slots__ = ["append", "done", "forward", "handoff", "reply", "save"]
    APPEND_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    FORWARD_FIELD_NUMBER: _ClassVar[int]
    HANDOFF_FIELD_NUMBER: _ClassVar[int]
    PASS_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    SAVE_FIELD_NUMBER: _ClassVar[int]
    append: str
    done: Done
    forward: Content
    handoff: str
    reply: Content
    save: bytes
    def __init__(self, reply: _Optional[_Union[Content, _Mapping]] = ..., append: _Optional[str] = ..., forward: _Optional[_Union[Content, _Mapping]] = ..., handoff: _Optional[str] = ..., save: _Optional[bytes] = ..., done: _Optional[_Union[Done, _Mapping]] = ..., **kwargs) -> None: ...

class Actions(_message.Message):
    __slots__ = ["actions", "turn"]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedCompositeFieldContainer[Action]
    turn: int
    def __init__(self, turn: _Optional[int] = ..., actions: _Optional[_Iterable[_Union[Action, _Mapping]]] = ...) -> None: ...

class Address(_message.Message):
    __slots__ = ["account", "channel", "conversation", "recipient"]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    account: str
    channel: str
    conversation: str
    recipient: str
    def __init__(self, channel: _Optional[str] = ..., account: _Optional[str] = ..., conversation: _Optional[str] = ..., recipient: _Optional[str] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ["turn"]
    TURN_FIELD_NUMBER: _ClassVar[int]
    turn: int
    def __init__(self, turn: _Optional[int] = ...) -> None: ...

class Choice(_message.Message):
    __slots__ = ["id", "text"]
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class ConfigureRequest(_message.Message):
    __slots__ = ["config_json", "host_address", "host_token"]
    CONFIG_JSON_FIELD_NUMBER: _ClassVar[int]
    HOST_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    HOST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    config_json: str
    host_address: str
    host_token: str
    def __init__(self, config_json: _Optional[str] = ..., host_address: _Optional[str] = ..., host_token: _Optional[str] = ...) -> None: ...

class ConfigureResponse(_message.Message):
    __slots__ = ["problems"]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    problems: _containers.RepeatedCompositeFieldContainer[Problem]
    def __init__(self, problems: _Optional[_Iterable[_Union[Problem, _Mapping]]] = ...) -> None: ...

class Content(_message.Message):
    __slots__ = ["event", "file", "image", "link", "location", "menu", "raw", "text", "video", "voice"]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    MENU_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    event: Event
    file: File
    image: Image
    link: Link
    location: Location
    menu: Menu
    raw: Raw
    text: Text
    video: Video
    voice: Voice
    def __init__(self, text: _Optional[_Union[Text, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ..., voice: _Optional[_Union[Voice, _Mapping]] = ..., video: _Optional[_Union[Video, _Mapping]] = ..., file: _Optional[_Union[File, _Mapping]] = ..., location: _Optional[_Union[Location, _Mapping]] = ..., link: _Optional[_Union[Link, _Mapping]] = ..., menu: _Optional[_Union[Menu, _Mapping]] = ..., event: _Optional[_Union[Event, _Mapping]] = ..., raw: _Optional[_Union[Raw, _Mapping]] = ...) -> None: ...

class DeleteValueRequest(_message.Message):
    __slots__ = ["key"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: str
    def __init__(self, key: _Optional[str] = ...) -> None: ...

class DeleteValueResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ["config_schema", "name", "stateful", "version"]
    CONFIG_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATEFUL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    config_schema: str
    name: str
    stateful: bool
    version: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., config_schema: _Optional[str] = ..., stateful: bool = ...) -> None: ...

class Done(_message.Message):
    __slots__ = ["error"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: str
    def __init__(self, error: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ["fields_json", "key", "type"]
    FIELDS_JSON_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    fields_json: str
    key: str
    type: str
    def __init__(self, type: _Optional[str] = ..., key: _Optional[str] = ..., fields_json: _Optional[str] = ...) -> None: ...

class File(_message.Message):
    __slots__ = ["media"]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    media: Media
    def __init__(self, media: _Optional[_Union[Media, _Mapping]] = ...) -> None: ...

class FromPlugin(_message.Message):
    __slots__ = ["actions", "pong"]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    actions: Actions
    pong: Pong
    def __init__(self, actions: _Optional[_Union[Actions, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ...) -> None: ...

class GetValueRequest(_message.Message):
    __slots__ = ["key"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: str
    def __init__(self, key: _Optional[str] = ...) -> None: ...

class GetValueResponse(_message.Message):
    __slots__ = ["revision", "value"]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    value: bytes
    def __init__(self, value: _Optional[bytes] = ..., revision: _Optional[int] = ...) -> None: ...

class GetWindowRequest(_message.Message):
    __slots__ = ["conversation"]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    conversation: Address
    def __init__(self, conversation: _Optional[_Union[Address, _Mapping]] = ...) -> None: ...

class GetWindowResponse(_message.Message):
    __slots__ = ["window"]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    window: Window
    def __init__(self, window: _Optional[_Union[Window, _Mapping]] = ...) -> None: ...

class HandoffRequest(_message.Message):
    __slots__ = ["conversation", "key", "reason"]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    conversation: Address
    key: str
    reason: str
    def __init__(self, conversation: _Optional[_Union[Address, _Mapping]] = ..., reason: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...

class HandoffResponse(_message.Message):
    __slots__ = ["outcome"]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: Outcome
    def __init__(self, outcome: _Optional[_Union[Outcome, _Mapping]] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ["media"]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    media: Media
    def __init__(self, media: _Optional[_Union[Media, _Mapping]] = ...) -> None: ...

class Link(_message.Message):
    __slots__ = ["description", "picture_url", "title", "url"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PICTURE_URL_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    description: str
    picture_url: str
    title: str
    url: str
    def __init__(self, url: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., picture_url: _Optional[str] = ...) -> None: ...

class ListKeysRequest(_message.Message):
    __slots__ = ["prefix"]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    def __init__(self, prefix: _Optional[str] = ...) -> None: ...

class ListKeysResponse(_message.Message):
    __slots__ = ["keys"]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, keys: _Optional[_Iterable[str]] = ...) -> None: ...

class Location(_message.Message):
    __slots__ = ["label", "latitude", "longitude", "scale"]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    label: str
    latitude: float
    longitude: float
    scale: float
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., scale: _Optional[float] = ..., label: _Optional[str] = ...) -> None: ...

class Media(_message.Message):
    __slots__ = ["format", "id", "name", "url"]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    format: str
    id: str
    name: str
    url: str
    def __init__(self, id: _Optional[str] = ..., url: _Optional[str] = ..., name: _Optional[str] = ..., format: _Optional[str] = ...) -> None: ...

class MediaInfo(_message.Message):
    __slots__ = ["name", "size", "type"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    size: int
    type: str
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class Menu(_message.Message):
    __slots__ = ["choices", "head", "tail"]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    TAIL_FIELD_NUMBER: _ClassVar[int]
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    head: str
    tail: str
    def __init__(self, head: _Optional[str] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ..., tail: _Optional[str] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ["account", "answer_by_ms", "channel", "content", "conversation", "id", "sender", "state", "time_ms", "window"]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_MS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    account: str
    answer_by_ms: int
    channel: str
    content: Content
    conversation: str
    id: str
    sender: str
    state: bytes
    time_ms: int
    window: Window
    def __init__(self, id: _Optional[str] = ..., channel: _Optional[str] = ..., account: _Optional[str] = ..., sender: _Optional[str] = ..., conversation: _Optional[str] = ..., time_ms: _Optional[int] = ..., content: _Optional[_Union[Content, _Mapping]] = ..., state: _Optional[bytes] = ..., answer_by_ms: _Optional[int] = ..., window: _Optional[_Union[Window, _Mapping]] = ...) -> None: ...

class OpenMediaRequest(_message.Message):
    __slots__ = ["channel", "media", "want"]
    class Form(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    FORM_UNSPECIFIED: OpenMediaRequest.Form
    FORM_WAV16K: OpenMediaRequest.Form
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    WANT_FIELD_NUMBER: _ClassVar[int]
    channel: str
    media: Media
    want: OpenMediaRequest.Form
    def __init__(self, channel: _Optional[str] = ..., media: _Optional[_Union[Media, _Mapping]] = ..., want: _Optional[_Union[OpenMediaRequest.Form, str]] = ...) -> None: ...

class OpenMediaResponse(_message.Message):
    __slots__ = ["chunk", "info"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    info: MediaInfo
    def __init__(self, info: _Optional[_Union[MediaInfo, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ["key", "reason", "state"]
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    KEY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STATE_FAILED: Outcome.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_QUEUED: Outcome.State
    STATE_SENT: Outcome.State
    STATE_UNSPECIFIED: Outcome.State
    key: str
    reason: str
    state: Outcome.State
    def __init__(self, key: _Optional[str] = ..., state: _Optional[_Union[Outcome.State, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class OutcomesRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Pass(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Ping(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: int
    def __init__(self, id: _Optional[int] = ...) -> None: ...

class Pong(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: int
    def __init__(self, id: _Optional[int] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ["field", "message"]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    field: str
    message: str
    def __init__(self, field: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class PutValueRequest(_message.Message):
    __slots__ = ["key", "revision", "value"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    revision: int
    value: bytes
    def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ..., revision: _Optional[int] = ...) -> None: ...

class PutValueResponse(_message.Message):
    __slots__ = ["revision"]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    def __init__(self, revision: _Optional[int] = ...) -> None: ...

class Raw(_message.Message):
    __slots__ = ["fields_json", "type"]
    FIELDS_JSON_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    fields_json: str
    type: str
    def __init__(self, type: _Optional[str] = ..., fields_json: _Optional[str] = ...) -> None: ...

class SaveMediaHeader(_message.Message):
    __slots__ = ["channel", "info", "kind"]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    channel: str
    info: MediaInfo
    kind: str
    def __init__(self, channel: _Optional[str] = ..., kind: _Optional[str] = ..., info: _Optional[_Union[MediaInfo, _Mapping]] = ...) -> None: ...

class SaveMediaRequest(_message.Message):
    __slots__ = ["chunk", "header"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    header: SaveMediaHeader
    def __init__(self, header: _Optional[_Union[SaveMediaHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class SaveMediaResponse(_message.Message):
    __slots__ = ["media"]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    media: Media
    def __init__(self, media: _Optional[_Union[Media, _Mapping]] = ...) -> None: ...

class SendRequest(_message.Message):
    __slots__ = ["content", "key", "to"]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    content: Content
    key: str
    to: Address
    def __init__(self, to: _Optional[_Union[Address, _Mapping]] = ..., content: _Optional[_Union[Content, _Mapping]] = ..., key: _Optional[str] = ...) -> None: ...

class SendResponse(_message.Message):
    __slots__ = ["outcome"]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: Outcome
    def __init__(self, outcome: _Optional[_Union[Outcome, _Mapping]] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ["choice", "text"]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    choice: str
    text: str
    def __init__(self, text: _Optional[str] = ..., choice: _Optional[str] = ...) -> None: ...

class ToPlugin(_message.Message):
    __slots__ = ["cancel", "ping", "turn"]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    cancel: Cancel
    ping: Ping
    turn: Turn
    def __init__(self, turn: _Optional[_Union[Turn, _Mapping]] = ..., cancel: _Optional[_Union[Cancel, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ...) -> None: ...

class Turn(_message.Message):
    __slots__ = ["id", "message", "timeout_ms"]
    ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    id: int
    message: Message
    timeout_ms: int
    def __init__(self, id: _Optional[int] = ..., message: _Optional[_Union[Message, _Mapping]] = ..., timeout_ms: _Optional[int] = ...) -> None: ...

class Video(_message.Message):
    __slots__ = ["description", "media", "thumbnail", "title"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    description: str
    media: Media
    thumbnail: Media
    title: str
    def __init__(self, media: _Optional[_Union[Media, _Mapping]] = ..., thumbnail: _Optional[_Union[Media, _Mapping]] = ..., title: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class Voice(_message.Message):
    __slots__ = ["media", "transcript", "wideband"]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_FIELD_NUMBER: _ClassVar[int]
    WIDEBAND_FIELD_NUMBER: _ClassVar[int]
    media: Media
    transcript: str
    wideband: Media
    def __init__(self, media: _Optional[_Union[Media, _Mapping]] = ..., wideband: _Optional[_Union[Media, _Mapping]] = ..., transcript: _Optional[str] = ...) -> None: ...

class Window(_message.Message):
    __slots__ = ["left", "until_ms"]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    left: int
    until_ms: int
    def __init__(self, left: _Optional[int] = ..., until_ms: _Optional[int] = ...) -> None: ...
