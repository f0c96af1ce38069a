// The bounds of the protocol, in bytes where nothing else is said. They are those of the Go SDK.

/** The most of one frame on the wire, in both directions. */
export const MAX_FRAME = 16 << 20;

/** The most of one content or text: media goes by reference, so nothing comes near. */
export const MAX_CONTENT = 1 << 20;

/** The most that a plugin may save for one conversation. */
export const MAX_STATE = 64 << 10;

/** The most of an error's text that goes to the bot's log. */
export const MAX_ERROR_TEXT = 4 << 10;

/** The longest key of a value. */
export const MAX_KEY = 256;

/** The largest value. */
export const MAX_VALUE = 64 << 10;

/** How many values a plugin may have. */
export const MAX_KEYS = 1000;

/** The longest key of a message that answers none. */
export const MAX_SEND_KEY = 128;

/** The most bytes of media in one frame. */
export const MEDIA_CHUNK = 64 << 10;
