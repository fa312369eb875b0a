"""Not too many requests a minute, and none while the provider asks to wait."""

from __future__ import annotations

import threading
import time

from core.domain.errors import Cancelled


class Pace:
    """Spaces calls evenly: in no minute are there more than `per_minute` (0: no limit).

    Time is monotonic: the clock of the wall may be set while a batch runs.
    """

    def __init__(self, per_minute: int) -> None:
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._lock = threading.Lock()
        self._next = 0.0
        self._closed_until = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Wait for this call's turn. Raises Cancelled once `stop` is set."""
        with self._lock:
            turn = max(time.monotonic(), self._next)
            self._next = turn + self._gap
        # Looked at again after each wait: meanwhile the provider may have closed the door.
        while (left := max(turn, self._closed_until) - time.monotonic()) > 0:
            if stop.wait(left):
                break
        if stop.is_set():
            raise Cancelled

    def hold(self, seconds: float) -> None:
        """Let no call begin for so long."""
        with self._lock:
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)
