import { once } from "node:events";
import { connect } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import type { Consumer, Memphis, Producer } from "memphis-dev";
import { expect, it, vi } from "vitest";
import { type RunningCommand, useCommand } from "./support/program.js";
import { connectMemphis } from "./support/stage.js";

/** The long form: `MEMPHIS_BRIDGE_CAMPAIGN=100000 vitest run --project integration test/campaign.test.ts`. */
const COUNT = Number(process.env["MEMPHIS_BRIDGE_CAMPAIGN"] ?? 4_000);
const KILLS = COUNT >= 50_000 ? 6 : 1;
const PARTITIONS = 4;
/** memphis-dev has no window: so many of its awaited messages are on their way at once. */
const IN_FLIGHT = 200;
const DEAD_LETTER_EVERY = 500;
const WAIT = { timeout: 60_000, interval: 50 };
const LIMIT_MS = 120_000 + COUNT * 10;

const start = useCommand();
const indexes = Array.from({ length: COUNT }, (_, index) => index);

/** A bridge that is killed again and again, and started anew. */
class MortalBridge {
  readonly #url: string;
  #command: RunningCommand;
  lives = 1;

  constructor(url: string) {
    this.#url = url;
    this.#command = start(["--server", url]);
  }

  /** Ends a bridge that serves, and starts another one; does not wait until that serves. */
  async kill(): Promise<void> {
    await this.#command.until("serving Memphis clients");
    this.#command.process.kill("SIGKILL");
    expect(await this.#command.ended).toBe("SIGKILL");
    this.#command = start(["--server", this.#url]);
    this.lives++;
  }

  async end(): Promise<void> {
    this.#command.process.kill("SIGTERM");
    await this.#command.ended;
  }
}

/** memphis-dev repeats a request that was not answered in time, not one that nobody was there to hear. */
function untilServed<Result>(request: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(request, WAIT);
}

async function produceAll(producer: Producer, onProgress: (sent: number) => Promise<void>): Promise<void> {
  for (let sent = 0; sent < COUNT; sent += IN_FLIGHT) {
    const batch = indexes.slice(sent, sent + IN_FLIGHT);
    await Promise.all(batch.map((index) => producer.produce({ message: String(index), asyncProduce: false })));
    await onProgress(sent + batch.length);
  }
}

/** Reads until every index was seen, gives up some of the messages for good, and acknowledges the rest. */
async function consumeAll(consumer: Consumer): Promise<{ seen: Set<number>; givenUp: Set<number> }> {
  const [seen, givenUp] = [new Set<number>(), new Set<number>()];
  const deadline = Date.now() + LIMIT_MS;
  while (seen.size < COUNT && Date.now() < deadline) {
    for (const message of await consumer.fetch({ batchSize: 1_000 })) {
      const index = Number(Buffer.from(message.getData()).toString());
      seen.add(index);
      if (index % DEAD_LETTER_EVERY === 0) {
        message.deadLetter("campaign");
        givenUp.add(index);
      } else {
        message.ack();
      }
    }
  }
  return { seen, givenUp };
}

/**
 * Clients that are made and ended all the time, as programs that come and go do. Whoever asks a bridge that dies hears of it after 20
 * seconds, which is memphis-dev's own time for an answer: at the end nobody waits for that.
 */
class Visitors {
  readonly #memphis: Memphis;
  readonly #end = new AbortController();
  readonly #ended: Promise<unknown>;
  #count = 0;

  constructor(memphis: Memphis) {
    this.#memphis = memphis;
    this.#ended = Promise.race([this.#comeAndGo(), once(this.#end.signal, "abort")]);
  }

  /** Resolves when the first one has come and gone. */
  begun(): Promise<void> {
    return vi.waitFor(() => {
      expect(this.#count, "visitors").toBeGreaterThan(0);
    }, WAIT);
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#ended;
  }

  async #comeAndGo(): Promise<void> {
    const { signal } = this.#end;
    for (; !signal.aborted; this.#count++) await untilServed(async () => (signal.aborted ? undefined : this.#visit()));
  }

  async #visit(): Promise<void> {
    const names = { stationName: `visited-${this.#count % 5}`, consumerName: `c${this.#count}` };
    const consumer = await this.#memphis.consumer(names);
    await consumer.destroy();
  }
}

it(
  `none of ${COUNT} messages is missing from memphis-dev to our consumer and back, its bridge being killed and restarted`,
  { timeout: 2 * LIMIT_MS },
  async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url });
    const admin = createStationAdmin(connection);
    const bridge = new MortalBridge(server.url);
    const [memphis, visitor] = await Promise.all([connectMemphis(server.port), connectMemphis(server.port)]);
    await untilServed(() => memphis.station({ name: "there", partitionsNumber: PARTITIONS }));
    await untilServed(() => memphis.station({ name: "back", partitionsNumber: PARTITIONS }));
    const theirProducer = await untilServed(() => memphis.producer({ stationName: "there", producerName: "p" }));
    const theirConsumer = await untilServed(() =>
      memphis.consumer({ stationName: "back", consumerName: "c", maxMsgDeliveries: 10, maxAckTimeMs: 10_000 }),
    );
    const ourConsumer = await createConsumer(connection, { stationName: "there", consumerName: "c" });
    const ourProducer = await createProducer(connection, { stationName: "back", producerName: "p" });
    const visitors = new Visitors(visitor);

    const killEvery = COUNT / (KILLS + 1);
    const produced = produceAll(theirProducer, async (sent) => {
      if (sent < killEvery * bridge.lives || bridge.lives > KILLS) return;
      await visitors.begun();
      await bridge.kill();
    });
    const consumed = consumeAll(theirConsumer);
    const arrived = new Set<string>();
    for await (const message of ourConsumer) {
      if (!arrived.has(message.text())) await ourProducer.produce({ message: message.text() });
      arrived.add(message.text());
      await message.ack();
      if (arrived.size === COUNT) break;
    }
    await Promise.all([produced, ourProducer.flush()]);
    await bridge.kill();
    const { seen, givenUp } = await consumed;
    await visitors.end();

    expect(arrived.size).toBe(COUNT);
    expect(indexes.filter((index) => !seen.has(index))).toEqual([]);
    const letters = new Set<number>();
    await vi.waitFor(async () => {
      for await (const letter of admin.deadLetters("back").list())
        letters.add(Number(Buffer.from(letter.data).toString()));
      expect([...givenUp].filter((index) => !letters.has(index))).toEqual([]);
    }, WAIT);
    expect(letters.size).toBe(givenUp.size);
    expect(bridge.lives).toBe(KILLS + 2);
    await Promise.all([memphis.close(), visitor.close(), ourConsumer.close(), ourProducer.close()]);
    await bridge.end();
  },
);
