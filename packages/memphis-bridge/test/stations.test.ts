import { describe, expect, it } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();

describe("memphis-dev's station()", () => {
  it("makes a station with its settings, which ours sees", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = `${stage.station()}.EU`;
    const station = await memphis.station({
      ...{ name, partitionsNumber: 3, storageType: memphis.storageTypes.MEMORY, replicas: 1 },
      ...{ retentionType: memphis.retentionTypes.MESSAGES, retentionValue: 7, idempotencyWindowMs: 60_000 },
    });
    expect(station.name).toBe(name.toLowerCase());
    const described = await admin.describe(name);
    expect(described.partitions.map(({ number, state }) => `${number} ${state}`)).toEqual([
      "1 ready",
      "2 ready",
      "3 ready",
    ]);
    expect(described.settings).toMatchObject({
      ...{ retention: { type: "messages", maxMessages: 7 }, storage: "memory", replicas: 1 },
      ...{ idempotencyWindowMs: 60_000, discard: "old", dlsStation: undefined },
    });
  });

  it("makes one with Memphis's defaults when nothing is said", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    await memphis.station({ name });
    const { settings, partitions } = await admin.describe(name);
    expect(partitions).toHaveLength(1);
    expect(settings).toMatchObject({
      ...{
        retention: { type: "age", maxAgeMs: 3_600_000 },
        storage: "file",
        replicas: 1,
        idempotencyWindowMs: 120_000,
      },
    });
  });

  it.each([
    ["bytes", 1_000, { type: "bytes", maxBytes: 1_000 }],
    ["message_age_sec", 600, { type: "age", maxAgeMs: 600_000 }],
    ["ack_based", 5, { type: "acknowledgement" }],
  ])("knows the retention %s", async (retentionType, retentionValue, retention) => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    await memphis.station({ name, retentionType, retentionValue });
    expect((await admin.describe(name)).settings.retention).toEqual(retention);
  });

  it("leaves a station that is there as it is, whoever made it", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    const before = await admin.create({ name, partitions: 2, retention: { type: "unlimited" } });
    await memphis.station({ name, partitionsNumber: 5, storageType: "memory" });
    const after = await admin.describe(name);
    expect(after.id).toBe(before.id);
    expect(after.settings).toEqual(before.settings);
    expect(after.partitions).toHaveLength(2);
  });

  it("makes the station for dead letters too", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const [name, dlsStation] = [stage.station(), stage.station()];
    await memphis.station({ name, dlsStation });
    expect((await admin.describe(name)).settings.dlsStation).toBe(dlsStation);
    expect(await admin.deadLetters(name).dlsStation()).toBe(dlsStation);
    expect((await admin.describe(dlsStation)).partitions).toHaveLength(1);
  });

  it.each([
    [{ name: "a b" }, /Station name refused/],
    [{ name: "s", storageType: "disk" }, /storage type/],
    [{ name: "s", retentionType: "forever" }, /retention type/],
    [{ name: "s", idempotencyWindowMs: 86_400_001 }, /24 hours/],
    [{ name: "s", retentionValue: 60 }, /must not exceed the retention/],
    [{ name: "s", replicas: 3 }, /replicas is 3/],
    [{ name: "s", dlsStation: "-" }, /DLS station name refused/],
    [{ name: "s", dlsStation: "S" }, /must be another station/],
    [{ name: "s", schemaName: "nowhere" }, /schema "nowhere" does not exist/],
  ])("is refused %o, and makes nothing", async (options, message) => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    await expect(memphis.station(options)).rejects.toThrow(message);
    await expect(admin.describe("s")).rejects.toThrow(/does not exist/);
  });

  it("makes one station of many calls at once", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    await Promise.all(Array.from({ length: 8 }, () => memphis.station({ name, partitionsNumber: 2 })));
    expect((await admin.describe(name)).partitions).toHaveLength(2);
  });
});

describe("memphis-dev's station.destroy()", () => {
  it("takes the station away, and all that the bridge knew of it", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    const station = await memphis.station({ name, partitionsNumber: 2, sendSchemaFailedMsgToDls: false });
    await memphis.consumer({ stationName: name, consumerName: "c" });
    await station.destroy();
    await expect(admin.describe(name)).rejects.toThrow(/does not exist/);
    const { stationSchemaverseToDlsMap } = memphis;
    await memphis.station({ name });
    await memphis.producer({ stationName: name, producerName: "p" });
    expect(stationSchemaverseToDlsMap.get(name)).toBe(true);
  });

  it("is done when there is no such station any more", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    const station = await memphis.station({ name });
    await admin.destroy(name);
    await station.destroy();
    await expect(admin.describe(name)).rejects.toThrow(/does not exist/);
  });

  it("destroys stations that ours made", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const name = stage.station();
    await admin.create({ name, partitions: 3 });
    const station = await memphis.station({ name });
    await station.destroy();
    await expect(admin.describe(name)).rejects.toThrow(/does not exist/);
  });
});
