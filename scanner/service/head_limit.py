"""A limit on the head of a request: Uvicorn sets none with httptools, and keeps in memory what it gets of one."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024


class HeadLimit(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1, which answers 400 to a head that has more than ``HEAD_BYTES`` bytes and no end yet."""

    _received = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Begin with the body."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._in_head = True
        self._received = 0
        super().on_message_complete()
