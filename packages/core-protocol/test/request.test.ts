import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Connection } from "../src/index.js";
import { expectNoClients, failOnUnhandledRejections, rejection } from "./support/broker.js";

failOnUnhandledRejections();

describe("request()", () => {
  let server: NatsServer;
  let connection: Connection;

  beforeAll(async () => {
    const permissions = { publish: { deny: ["secret.>"] } };
    const users = [{ user: "a", password: "a", permissions }];
    server = await startNats({ config: { authorization: { users } } });
    connection = await connect({ servers: server.url, username: "a", password: "a", requestTimeoutMs: 2_500 });
  });

  afterAll(async () => {
    await connection.close();
    await expectNoClients(server);
    await server.stop();
  });

  it("sends bytes or text, without headers, and resolves with the bytes of the answer", async () => {
    const subscription = connection.natsConnection.subscribe("echo", {
      callback: (_error, message) => {
        expect(message.headers).toBeUndefined();
        message.respond(message.data);
      },
    });
    expect(Buffer.from(await connection.request("echo", "größe")).toString()).toBe("größe");
    expect([...(await connection.request("echo", new Uint8Array([0, 255])))]).toEqual([0, 255]);
    subscription.unsubscribe();
  });

  it("sends header lines when there are any", async () => {
    const subscription = connection.natsConnection.subscribe("with-headers", {
      callback: (_error, message) => {
        message.respond(`${message.headers?.get("a")} ${message.headers?.get("b")} ${message.string()}`);
      },
    });
    const answer = await connection.request("with-headers", "x", { headerLines: "a: 1\r\nb: größe\r\n" });
    expect(Buffer.from(answer).toString()).toBe("1 größe x");
    subscription.unsubscribe();
  });

  it("gives up after its own time, or the connection's", async () => {
    connection.natsConnection.subscribe("silence");
    const started = performance.now();
    expect(await rejection(connection.request("silence", "", { timeoutMs: 50 }))).toMatchObject({
      ...{ code: "SK_REQUEST_TIMEOUT", subject: "silence", timeoutMs: 50, outcome: "unknown", retryable: true },
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await rejection(connection.request("silence", ""))).toMatchObject({ timeoutMs: 2_500 });
  });

  it("says at once that nobody listens", async () => {
    const error = await rejection(connection.request("nobody", ""));
    expect(error).toMatchObject({ code: "SK_BROKER", serverCode: 503, retryable: true, outcome: "rejected" });
    expect(error.message).toContain("nobody");
  });

  it("says at once that the login may not", async () => {
    const started = performance.now();
    const error = await rejection(connection.request("secret.x", "", { timeoutMs: 10_000 }));
    expect(error).toMatchObject({ code: "SK_PERMISSION_DENIED", operation: "publish", subject: "secret.x" });
    expect(performance.now() - started).toBeLessThan(9_000);
  });

  it("refuses what can never be right", async () => {
    expect(await rejection(connection.request("a b", ""))).toMatchObject({ code: "SK_USAGE" });
    expect(await rejection(connection.request("", ""))).toMatchObject({ code: "SK_USAGE" });
    for (const timeoutMs of [0, -1, NaN, 1.5]) {
      expect(await rejection(connection.request("a", "", { timeoutMs }))).toMatchObject({ code: "SK_USAGE" });
    }
  });

  it("refuses what is larger than the server allows, before it is sent", async () => {
    const tooLarge = new Uint8Array(connection.server.maxPayloadBytes + 1);
    expect(await rejection(connection.request("a", tooLarge))).toMatchObject({
      ...{ code: "SK_PAYLOAD_TOO_LARGE", outcome: "not-sent" },
    });
    expect(connection.state).toBe("connected");
  });
});

describe("jetStream.request()", () => {
  it("speaks JSON, and turns refusals into errors that name the station", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url });
    const config = { name: "orders$1", subjects: ["orders$1.>"], storage: "memory" };
    const created = await connection.jetStream.request<{ config: { name: string } }>("STREAM.CREATE.orders$1", config);
    expect(created.config.name).toBe("orders$1");
    const error = await rejection(
      connection.jetStream.request("STREAM.INFO.nothing$1", undefined, { station: "nothing" }),
    );
    expect(error).toMatchObject({ code: "SK_STATION_NOT_FOUND", station: "nothing", serverErrorCode: 10059 });
    const other = { ...config, name: "other$1" };
    const overlap = await rejection(connection.jetStream.request("STREAM.CREATE.other$1", other, { station: "other" }));
    expect(overlap).toMatchObject({ code: "SK_STATION_CONFLICT", serverErrorCode: 10065 });
    await connection.close();
    await expectNoClients(server);
  });

  it("does not take anything else for an answer", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url });
    await using odd = await connect({ natsConnection: connection.natsConnection, apiPrefix: "$JS.API" });
    for (const [operation, answer] of [
      ["TEXT", "no json"],
      ["LIST", "[]"],
      ["NULL", "null"],
    ] as const) {
      connection.natsConnection.subscribe(`$JS.API.ODD.${operation}`, {
        callback: (_error, message) => {
          message.respond(answer);
        },
      });
      expect(await rejection(odd.jetStream.request(`ODD.${operation}`))).toMatchObject({
        code: "SK_UNEXPECTED",
        outcome: "unknown",
      });
    }
    await odd.close();
    await connection.close();
    await expectNoClients(server);
  });
});
