/** The demo with a real Apache Kafka, at `KAFKA_BOOTSTRAP`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLight } from "../lib/first_light.mjs";

test("first light with Apache Kafka", async (t) => {
  const brokers = process.env.KAFKA_BOOTSTRAP;
  assert.ok(brokers, "KAFKA_BOOTSTRAP names the broker");
  await firstLight(t, ["--kafka", brokers]);
});
