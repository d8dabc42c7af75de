/**
 * The figures, each measured by a function of its own.
 */
import { Program } from "../../browser/lib/program.mjs";
import { median } from "../engine/statistics.mjs";
import { ALL, bind, Load, load, MEASURED, OTHERS, Relay, sleep } from "./stage.mjs";

/** The share of a topic that is read before the clock starts, as `relay-load count` has it. */
const RUN_UP = 0.05;
/** Rows of a frame of 4 KiB. */
const FRAME_ROWS = 27;
/** How long memory is given to become what it stays. */
const SETTLE_MS = 10_000;

/** The topic that is read as fast as can be, by several in turns. */
const LONG = "stock_values";

/** Writes the long topic; nothing when it is there. */
export async function fill(broker, { rows }) {
  return load(["fill", broker.address, LONG, 3, rows]);
}

/**
 * Records a second from the broker to encoded frames, and of a loop that only counts them, in
 * turns, on one processor. The broker and this process have the others.
 */
export async function rate(broker, { rows, runs }, say) {
  const relay = [];
  const bare = [];
  for (let at = 0; at < runs; at++) {
    bare.push((await load(["count", broker.address, LONG], MEASURED)).rate);
    relay.push(await relayRate(broker, rows));
    say(`bare loop ${Math.round(bare[at])}/s, relay ${Math.round(relay[at])}/s`);
  }
  return { rows, relay, bare, ratio: median(relay.map((rate, at) => rate / bare[at])) };
}

async function relayRate(broker, rows) {
  const relay = await Relay.start({ brokers: broker.address, topic: LONG, processors: MEASURED });
  try {
    let from;
    for (;;) {
      const seen = (await relay.feed()).rows;
      const at = performance.now();
      if (seen >= rows * RUN_UP) from ??= { at, seen };
      if (seen >= rows) return ((seen - from.seen) / (at - from.at)) * 1_000;
      await sleep(20);
    }
  } finally {
    await relay.stop();
  }
}

/** From the producer to a client of the socket, at 50,000 rows a second. */
export async function latency(broker, { seconds }) {
  const topic = "latency";
  const brokers = broker.address;
  await load(["fill", brokers, topic, 3, 0]);
  const relay = await Relay.start({ brokers, topic });
  try {
    await relay.ready();
    return await load(["latency", brokers, topic, relay.address, 50_000, seconds]);
  } finally {
    await relay.stop();
  }
}

/** What clients that do nothing cost in memory: connected, and subscribed to a feed that is quiet. */
export async function idle(broker, { idle: clients }, say) {
  const topic = "idle";
  const brokers = broker.address;
  await load(["fill", brokers, topic, 1, 1_000]);
  const relay = await Relay.start({ brokers, topic });
  const crowd = new Load(["idle", relay.address, topic, clients]);
  try {
    await relay.ready();
    const before = await relay.memory();
    const each = async (stage) => {
      await crowd.stage(stage);
      await sleep(SETTLE_MS);
      const busy = await relay.processorSeconds();
      await sleep(SETTLE_MS);
      const processors = ((await relay.processorSeconds()) - busy) / (SETTLE_MS / 1_000);
      const bytes = ((await relay.memory()) - before) / clients;
      say(`${stage}: ${Math.round(bytes)} bytes each, ${processors.toFixed(2)} processors`);
      return { bytes, processors };
    };
    const connected = await each("connected");
    crowd.goOn();
    const subscribed = await each("subscribed");
    const history = (await relay.feed()).log.bytes;
    const there = await relay.metric("millrace_clients");
    crowd.goOn();
    const { lost } = await crowd.figures();
    return { clients, there, lost, history, before, connected, subscribed };
  } finally {
    await crowd.end();
    await relay.stop();
  }
}

/** Ten frames of 4 KiB a second to many clients. */
export async function broadcast(broker, { clients, seconds }) {
  const topic = "broadcast";
  const brokers = broker.address;
  await load(["fill", brokers, topic, 1, 0]);
  const feed = `batch = { rows = ${FRAME_ROWS}, interval = "1s" }`;
  const relay = await Relay.start({ brokers, topic, feed });
  try {
    await relay.ready();
    const [used, begun] = [await relay.processorSeconds(), performance.now()];
    const frames = seconds * 10;
    const args = ["broadcast", brokers, topic, relay.address, clients, frames, FRAME_ROWS];
    const figures = await load(args);
    const took = (performance.now() - begun) / 1_000;
    return {
      ...figures,
      clients,
      processors: ((await relay.processorSeconds()) - used) / took,
      encoded: await relay.metric("millrace_frame_encodings_total"),
      sent: await relay.metric("millrace_sent_frames_total"),
      slow: await relay.metric("millrace_slow_clients_total"),
    };
  } finally {
    await relay.stop();
  }
}

/** Records a second that reach a table of Perspective's, as its example for Kafka reads them. */
export async function peer(broker, { peerRows, peerRuns }, say) {
  const python = process.env.PEER_PYTHON;
  if (!python) return undefined;
  const script = new URL("peer.py", import.meta.url).pathname;
  const runs = [];
  for (let at = 0; at < peerRuns; at++) {
    const args = ["-c", MEASURED, python, script, broker.address, LONG, peerRows].map(String);
    const program = new Program("taskset", args);
    runs.push(JSON.parse(await program.line(/"rate"/, { within: 600_000 })));
    await program.exited;
    say(`Perspective ${Math.round(runs[at].rate)}/s`);
  }
  return { rows: peerRows, rates: runs.map(({ rate }) => rate), versions: runs[0].versions };
}

/** Runs what binds processors, and unbinds them again. */
export async function onOneProcessor(broker, measure) {
  await broker.bind(OTHERS);
  await bind(process.pid, OTHERS);
  try {
    return await measure();
  } finally {
    await bind(process.pid, ALL);
    await broker.bind(ALL);
  }
}
