"""Lines for the bot's log, as docs/plugin-log.md has them."""

from __future__ import annotations

import json
import logging
from typing import Any

# The bot cuts lines behind 64 KiB, and what was cut is no JSON any more.
_MAX_LINE, _MAX_TEXT = 60 << 10, 8 << 10

# What every record has; the rest is what the caller gave as extra.
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LineFormatter(logging.Formatter):
    """Makes one line of JSON of a record: its level, its text, its logger, its `extra` and its exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line, without its end."""
        level, text = _level(record.levelno), record.getMessage()
        line: dict[str, Any] = {"level": level, "msg": text, "logger": record.name}
        line.update((key, value) for key, value in vars(record).items() if key not in _ORDINARY and key not in line)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        out = json.dumps(line, ensure_ascii=False, default=str, skipkeys=True)
        size = len(out.encode(errors="backslashreplace"))
        if size <= _MAX_LINE:
            return out
        return json.dumps({"level": level, "msg": text[:_MAX_TEXT], "logger": record.name, "cut_bytes": size}, ensure_ascii=False)


def _level(number: int) -> str:
    for least, name in ((logging.ERROR, "ERROR"), (logging.WARNING, "WARN"), (logging.INFO, "INFO")):
        if number >= least:
            return name
    return "DEBUG"
