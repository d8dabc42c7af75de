"""Any Arrow library reads a feed: pyarrow and a WebSocket library that know nothing of it.

What it reads is compared with the topic, read by Confluent's client, at the very offsets
that the frames name.
"""

import json

import pyarrow as pa

from relay import produced, tokens
from topic import assert_interleaved, read_topic

TEXT = pa.dictionary(pa.int32(), pa.utf8())
COLUMNS = {
    "timestamp": pa.timestamp("ms"),
    "ticker": TEXT,
    "client": TEXT,
    "open": pa.float64(),
    "high": pa.float64(),
    "low": pa.float64(),
    "close": pa.float64(),
    "volume": pa.int64(),
    "date": pa.date32(),
}
LZ4_FRAME = b"\x04\x22\x4d\x18"


def test_three_frames_are_the_messages_that_their_positions_name(demo):
    with demo.subscribe() as subscription:
        demo.producer("resume")
        frames = [subscription.frame() for _ in range(3)]
    producer = demo.producer("pause")
    topic = read_topic(producer["brokers"], producer["topic"], produced(producer))

    subscribed = subscription.subscribed
    assert subscription.subprotocol == "millrace.v1"
    assert subscription.hello["feeds"] == [demo.feed]
    assert [column["name"] for column in subscribed["columns"]] == list(COLUMNS)
    reached = tokens(subscribed)
    for number, frame in enumerate(frames):
        check_form(frame, demo.feed)
        assert frame["epoch"] == subscribed["epoch"]
        assert frame.seq == subscribed["first_seq"] + number
        position = json.loads(frame["position"])
        assert position["type"] == "kafka"
        assert position["cluster"] == subscribed["token"]["cluster"]
        assert list(position["topics"]) == [producer["topic"]]

        for partition, (start, end) in frame.ranges.items():
            assert start == reached[partition], "positions join without gaps"
            reached[partition] = end
        messages = {p: topic[p][start:end] for p, (start, end) in frame.ranges.items()}
        assert_interleaved(frame.table.to_pylist(), messages)


def check_form(frame, feed):
    """A complete stream of one batch, with the columns of the demo and only its own strings."""
    assert {name: frame.table.schema.field(name).type for name in frame.table.column_names} == COLUMNS
    assert (frame["feed"], frame["kind"]) == (feed, "append")
    assert int(frame["source_time"]) > 0
    assert frame.batches == 1
    assert frame.table.num_rows > 0
    for name in ("ticker", "client"):
        [column] = frame.table.column(name).chunks
        assert sorted(column.dictionary.to_pylist()) == sorted(set(column.to_pylist()))


def test_the_history_is_the_whole_topic(demo):
    with demo.subscribe() as subscription:
        demo.producer("resume")
        first = subscription.frame()
        producer = demo.producer("pause")
        frames = [first, *subscription.frames_up_to(produced(producer))]
    history = demo.history()
    assert history.num_rows == producer["total"] > 0
    assert [frame.seq for frame in frames] == list(range(len(frames)))
    assert sum(frame.table.num_rows for frame in frames) == producer["total"]
    assert history.column_names == list(COLUMNS)
    topic = read_topic(producer["brokers"], producer["topic"], produced(producer))
    assert_interleaved(history.to_pylist(), topic)


def test_a_client_that_offers_lz4_gets_the_same_rows_in_fewer_bytes(demo, compressing):
    demo.producer("resume")
    with compressing.subscribe() as plain, compressing.subscribe(["lz4"]) as packed:
        pairs = [(plain.frame(), packed.frame()) for _ in range(3)]
    for one, other in pairs:
        assert other.table.equals(one.table, check_metadata=True)
        assert LZ4_FRAME in other.message and LZ4_FRAME not in one.message
        assert (one["epoch"], one.seq) == (other["epoch"], other.seq)
    assert sum(len(b.message) for _, b in pairs) < sum(len(a.message) for a, _ in pairs)
