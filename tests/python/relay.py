"""A client of a relay, written from docs/protocol.md alone: HTTP, and the feed's WebSocket."""

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyarrow as pa
from websockets.sync.client import connect

PATIENCE = 30


@dataclass
class Frame:
    """A binary message, read as the Arrow IPC stream that it is."""

    message: bytes
    table: pa.Table
    batches: int

    @classmethod
    def read(cls, message):
        with pa.ipc.open_stream(message) as reader:
            batches = list(reader)
            return cls(message, pa.Table.from_batches(batches, reader.schema), len(batches))

    def __getitem__(self, key):
        """What the schema's metadata says under `millrace.<key>`."""
        return self.table.schema.metadata[b"millrace." + key.encode()].decode()

    @property
    def seq(self):
        return int(self["seq"])

    @property
    def ranges(self):
        """By partition the offsets [from, next) that its rows come from."""
        [topic] = json.loads(self["position"])["topics"].values()
        return {int(partition): tuple(offsets) for partition, offsets in topic.items()}


class Subscription:
    """One feed over one WebSocket. Control messages are kept, frames are handed out."""

    def __init__(self, socket, feed, codecs):
        self._socket = socket
        self.subprotocol = socket.subprotocol
        self._send(type="hello", version=1, codecs=codecs)
        self.hello = self._control("hello")
        self._send(type="subscribe", id=1, feed=feed)
        self.subscribed = self._control("subscribed")
        self.reached = tokens(self.subscribed)

    def _send(self, **message):
        self._socket.send(json.dumps(message))

    def _control(self, kind):
        """The next control message of that kind; an error instead fails the test."""
        while True:
            message = self._socket.recv(PATIENCE)
            assert isinstance(message, str), f"a frame before {kind}"
            message = json.loads(message)
            assert message["type"] != "error", message
            if message["type"] == kind:
                return message

    def frame(self):
        """The next frame."""
        while True:
            message = self._socket.recv(PATIENCE)
            if isinstance(message, bytes):
                frame = Frame.read(message)
                self.reached |= {partition: end for partition, (_, end) in frame.ranges.items()}
                return frame
            assert json.loads(message)["type"] != "error", message

    def frames_up_to(self, offsets):
        """The frames until all partitions have reached `offsets`."""
        while self.reached != offsets:
            yield self.frame()


def tokens(subscribed):
    """By partition the next offset to read, of a `subscribed` message's token."""
    [topic] = subscribed["token"]["topics"].values()
    return {int(partition): offset for partition, offset in topic.items()}


class Relay:
    """A relay at an address, and the feed that the tests read."""

    def __init__(self, address, feed):
        self.address = address
        self.feed = feed

    def socket(self, **options):
        """A WebSocket to it, to be used in a `with`."""
        url = self.address.replace("http://", "ws://")
        protocol = ["millrace.v1"]
        return connect(f"{url}/ws", subprotocols=protocol, open_timeout=PATIENCE, **options)

    @contextmanager
    def subscribe(self, codecs=()):
        """A subscription to the feed, over a connection of its own."""
        with self.socket(max_size=None) as socket:
            yield Subscription(socket, self.feed, list(codecs))

    def request(self, path, method="GET", headers=None):
        """Status, headers and body. `Host` is the address unless given."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def history(self):
        """The retained history as one table."""
        status, _, body = self.request(f"/feeds/{self.feed}.arrow")
        assert status == 200, body
        with pa.ipc.open_stream(body) as reader:
            return reader.read_all()

    def producer(self, order=None):
        """What the demo's producer says of itself, after `pause` or `resume` where ordered."""
        status, _, body = (
            self.request(f"/demo/{order}", "POST") if order else self.request("/demo")
        )
        assert status == 200, body
        return json.loads(body)


def produced(producer):
    """By partition the number of messages in the topic."""
    return {int(partition): count for partition, count in producer["produced"].items()}
