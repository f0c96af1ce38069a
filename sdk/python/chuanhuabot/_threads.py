"""Runs `def` handlers in threads, a bounded number at a time."""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

HANDLER_THREADS = "handler"
"""How the names of these threads begin."""


class Threads:
    """A bounded number of threads; what finds none waits for one."""

    def __init__(self, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=HANDLER_THREADS)

    async def run(self, call: Callable[..., Any], *args: Any) -> Any:
        """Calls call in a thread. A cancel returns at once; the thread goes on to its end, if it has begun."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: context.run(call, *args))
