"""The topic itself, read by a consumer that is not ours, and its messages as rows."""

import json
from datetime import date, datetime

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

PATIENCE = 30


def read_topic(brokers, topic, counts):
    """By partition the rows of its first messages, `counts[partition]` of them, by offset."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "python-tests",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 10,
        }
    )
    rows = {partition: [] for partition in counts}
    try:
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in counts])
        while any(len(rows[p]) < count for p, count in counts.items()):
            message = consumer.poll(PATIENCE)
            assert message is not None, f"the topic ends early: {counts}"
            assert not message.error(), message.error()
            # A row is found at its offset, so offsets must begin at 0 and have no gaps.
            assert message.offset() == len(rows[message.partition()])
            rows[message.partition()].append(row(message.value()))
    finally:
        consumer.close()
    return rows


def row(value):
    """A message's JSON as the row that it should become."""
    fields = json.loads(value)
    time = datetime.fromisoformat(fields["timestamp"]).replace(tzinfo=None)
    return fields | {"timestamp": time, "date": date.fromisoformat(fields["date"])}


def assert_interleaved(rows, partitions):
    """`rows` are those of all `partitions`, each partition's in its own order."""
    waiting = {partition: list(reversed(expected)) for partition, expected in partitions.items()}
    for number, found in enumerate(rows):
        nexts = [expected for expected in waiting.values() if expected and expected[-1] == found]
        assert nexts, f"row {number} is not the next of any partition: {found}"
        nexts[0].pop()
    assert not any(waiting.values()), "messages without a row"
