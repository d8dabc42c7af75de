"""The peer: Perspective's example for Kafka, timed.

A Tornado server holds a table of Perspective's. A periodic callback, every 250 ms, polls
confluent-kafka one message after another until none came for 100 ms, decodes each with the json
module, and updates the table with the list of them. Here it begins at the newest ROWS records of
the topic, and ends when the table has taken them.

peer.py BROKERS TOPIC ROWS prints its figures as a line of JSON.
"""

import importlib.metadata
import json
import sys
import time

import perspective
import perspective.handlers.tornado
import tornado.ioloop
import tornado.web
from confluent_kafka import Consumer, TopicPartition

PERIOD_MS = 250
POLL_SECONDS = 0.1
LIMIT = 2500
PATIENCE = 60
COLUMNS = {
    "timestamp": "datetime",
    "ticker": "string",
    "client": "string",
    "open": "float",
    "high": "float",
    "low": "float",
    "close": "float",
    "volume": "float",
    "date": "date",
}


def newest(consumer, topic, rows):
    """Where to begin in each partition for about so many records, and how many they are."""
    partitions = sorted(consumer.list_topics(topic, PATIENCE).topics[topic].partitions)
    starts, total = [], 0
    for partition in partitions:
        _, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), PATIENCE)
        share = min(high, rows // len(partitions))
        starts.append(TopicPartition(topic, partition, high - share))
        total += share
    return starts, total


def main(brokers, topic, rows):
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": "peer", "enable.auto.commit": False}
    )
    starts, total = newest(consumer, topic, rows)
    server = perspective.Server()
    client = server.new_local_client()
    table = client.table(COLUMNS, limit=LIMIT, name=topic)
    # Counts what reaches the table, of which it keeps the newest.
    newest_row = table.view(columns=["timestamp"])
    app = tornado.web.Application(
        [
            (
                r"/websocket",
                perspective.handlers.tornado.PerspectiveTornadoHandler,
                {"perspective_server": server},
            )
        ]
    )
    app.listen(0, "127.0.0.1")
    loop = tornado.ioloop.IOLoop.current()
    taken, began = 0, None

    def read():
        """All that is there, as dicts."""
        nonlocal began
        rows = []
        while (message := consumer.poll(POLL_SECONDS)) is not None:
            if message.error():
                raise RuntimeError(message.error())
            # The first message ends the connecting, which is not timed.
            began = began or time.perf_counter()
            rows.append(json.loads(message.value()))
        return rows

    def update():
        nonlocal taken
        rows = read()
        table.update(rows)
        # An update is taken when something is asked behind it.
        assert newest_row.num_rows() <= LIMIT
        taken += len(rows)
        if taken >= total:
            seconds = time.perf_counter() - began
            versions = {
                name: importlib.metadata.version(name)
                for name in ("perspective-python", "tornado", "confluent-kafka")
            }
            figures = {"rows": taken, "rate": taken / seconds, "versions": versions}
            print(json.dumps(figures), flush=True)
            loop.stop()

    consumer.assign(starts)
    tornado.ioloop.PeriodicCallback(update, PERIOD_MS).start()
    loop.start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
