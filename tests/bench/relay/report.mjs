/**
 * Figures as Markdown.
 */
import { cpus } from "node:os";
import { median } from "../engine/statistics.mjs";

const whole = (value) => Math.round(value).toLocaleString("en-US");
const ms = (value) => `${value.toFixed(1)} ms`;
const yes = (holds) => (holds ? "yes" : "**no**");
const row = (...cells) => `| ${cells.join(" | ")} |`;

/** The feed's `batch.interval`, in ms. */
const INTERVAL = 50;

const ROWS = {
  rate({ relay, bare, ratio }) {
    return [
      row("a bare loop that counts, records/s", "", whole(median(bare)), ""),
      row(
        "JSON to encoded frames, records/s",
        "at least half of it",
        `${whole(median(relay))}, ${(ratio * 100).toFixed(0)} %`,
        yes(ratio >= 0.5),
      ),
    ];
  },
  latency({ median: middle, p99, most }) {
    return [
      row(
        "from producer to client at 50,000 rows/s, median",
        `at most ${INTERVAL} + 5 ms`,
        ms(middle),
        yes(middle <= INTERVAL + 5),
      ),
      row("the same, 99 % and most", "", `${ms(p99)}, ${ms(most)}`, ""),
    ];
  },
  idle({ clients, there, lost, history, connected, subscribed }) {
    const kept = there === clients && lost === 0;
    const line = (what, { bytes, processors }) =>
      row(
        `memory for each of ${whole(clients)} clients ${what}`,
        "at most 30 KB",
        `${(bytes / 1_000).toFixed(1)} KB (${processors.toFixed(2)} processors busy)`,
        yes(kept && bytes <= 30_000),
      );
    return [
      line("that said hello", connected),
      line(`that took a history of ${(history / 1_000).toFixed(0)} KB`, subscribed),
    ];
  },
  broadcast({ clients, frames, frame_bytes, delivered, encoded, slow, processors, ...times }) {
    const all = delivered === clients * frames && slow === 0;
    return [
      row(
        `to ${whole(clients)} clients, 10 frames/s of ${whole(frame_bytes)} bytes, 99 %`,
        "at most 200 ms",
        `${ms(times.p99)} (median ${ms(times.median)}, most ${ms(times.most)})`,
        yes(times.p99 <= 200),
      ),
      row(
        "the same: frames delivered",
        "all",
        `${whole(delivered)} of ${whole(clients * frames)}, ${processors.toFixed(2)} processors busy`,
        yes(all),
      ),
      row(
        "the same: times a frame was encoded",
        "once",
        `${whole(encoded)} encodings of ${whole(frames)} frames`,
        yes(encoded === frames),
      ),
    ];
  },
  peer(found, { rate }) {
    if (!found) return [row("Perspective's example for Kafka, records/s", "", "not measured", "")];
    const ours = rate && median(rate.relay) / median(found.rates);
    return [
      row(
        `Perspective ${found.versions["perspective-python"]}'s example for Kafka, records/s`,
        "at most a 20th of ours",
        whole(median(found.rates)) + (ours ? `, ours is ${ours.toFixed(0)}×` : ""),
        ours ? yes(ours >= 20) : "",
      ),
    ];
  },
};

/**
 * @param {object} found Figures by their names.
 * @param {object} options As `parse` gives them.
 */
export function report(found, options) {
  const { rows, runs, seconds, peerRows, peerRuns } = options;
  const bytes = found.topic ? Math.round(found.topic.bytes / found.topic.rows) : undefined;
  const rates = !found.rate
    ? ""
    : `

The runs, in thousands a second: bare loop ${thousands(found.rate.bare)}; relay ${thousands(found.rate.relay)}${
        found.peer ? `; Perspective ${thousands(found.peer.rates)}` : ""
      }.`;
  return `Apache Kafka, relay and load are processes on the same ${cpus().length} processors. Records a second are of
${whole(rows)} of the demo's rows${bytes ? ` of ${bytes} bytes` : ""} in three partitions, not compressed; whoever reads them has one
processor, the broker the other. The bare loop is rdkafka's \`BaseConsumer\`, resting 10 ms when its queue is full as the
relay's does; relay and loop take turns, ${runs} runs each; the first 5 % of a run are not timed. The percentage is the
median of the runs' own. Perspective's example reads the newest ${whole(peerRows)} of the topic into a table, ${peerRuns} times, by Tornado and
confluent-kafka. The other figures have all processors, load included. Rows are timed from the call that hands them
to a producer in the client's process until the WebSocket message is there, over ${seconds} s; of the frames each is
compared with what the other clients got. Memory is what is resident of the relay's process, 20 s after the last client came.

| figure | to reach | found | reached |
|---|---|---|---|
${options.only.flatMap((name) => ROWS[name](found[name], found)).join("\n")}${rates}`;
}

const thousands = (rates) => rates.map((rate) => (rate / 1_000).toFixed(0)).join(", ");
