// A program: one member of a group, until it is killed, told to leave, or alone. Argument: a MemberOrder as JSON.
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@stationkit/core-protocol";
import { createConsumer, type ConsumerMessage } from "@stationkit/consumer";
import { parseIndex } from "@stationkit/test-kit";
import { Diary } from "./diary.js";
import type { MemberMessage, MemberOrder } from "./member-order.js";

const MEASURE_MS = 100;
/** Of a message that nobody produced. */
const UNREADABLE = 0xffff_ffff;

const order = JSON.parse(process.argv[2] ?? "") as MemberOrder;
const { handlerMs } = order;
const poison = new Set(order.poison);
const diary = new Diary(order.diary);

function tell(message: MemberMessage): void {
  process.send?.(message);
}

/** Before any answer: what is answered has been written down. */
function writeDown(message: ConsumerMessage): void {
  const index = parseIndex(message.data) ?? UNREADABLE;
  diary.write({ index, partition: message.partition, deliveries: message.deliveries });
  if (poison.has(index)) process.kill(process.pid, "SIGKILL");
}

process.on("disconnect", () => {
  process.exit();
});
const connection = await connect({ servers: order.servers, reconnectDelayMs: 50 });
const consumer = await createConsumer(connection, order.options);
consumer.on("message-dead-lettered", ({ sequence, deliveries }) => {
  tell({ type: "dead-lettered", sequence, deliveries });
});
process.on("message", () => {
  void connection.close().then(() => {
    process.disconnect();
  });
});
if (handlerMs === 0) {
  consumer.on("message", (message) => {
    writeDown(message);
    void message.ack();
  });
} else {
  consumer.on("message", async (message) => {
    writeDown(message);
    await sleep(handlerMs);
    await message.ack();
  });
}
if (order.measures) {
  setInterval(() => {
    tell({ type: "memory", rssBytes: process.memoryUsage.rss() });
  }, MEASURE_MS).unref();
}
tell({ type: "ready" });
