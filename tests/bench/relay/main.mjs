/**
 * `cargo xtask bench relay`: what the relay takes in, and how many it serves.
 *
 * An Apache Kafka, the relay's program and the load run on this machine, each a process of its own.
 * Prints Markdown on stdout, progress on stderr.
 */
import { writeFile } from "node:fs/promises";
import { broadcast, fill, idle, latency, onOneProcessor, peer, rate } from "./figures.mjs";
import { parse } from "./options.mjs";
import { report } from "./report.mjs";
import { Broker } from "./stage.mjs";

/** How each figure is measured. */
const MEASURES = { rate, latency, idle, broadcast, peer };
/** Those that have the long topic read on one processor. */
const ON_ONE_PROCESSOR = ["rate", "peer"];

const say = (text) => process.stderr.write(`${text}\n`);

const options = parse(process.argv.slice(2));
const broker = await Broker.start();
const found = {};
try {
  const bound = options.only.some((name) => ON_ONE_PROCESSOR.includes(name));
  if (bound) found.topic = await fill(broker, options);
  for (const name of options.only) {
    say(`${name} …`);
    const measure = () => MEASURES[name](broker, options, say);
    found[name] = ON_ONE_PROCESSOR.includes(name)
      ? await onOneProcessor(broker, measure)
      : await measure();
    say(`${name}: ${JSON.stringify(found[name])}`);
  }
} finally {
  await broker.stop();
}
if (options.json) await writeFile(options.json, `${JSON.stringify(found, null, 2)}\n`);
const text = report(found, options);
if (options.whole) console.log(text);
else say(text);
