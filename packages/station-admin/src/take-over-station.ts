import { partitionStream, StationkitError, type StationName } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import { isForeignPartition, isOwn, type OwnHead, readHead, type StationHead } from "./read-station.js";
import { partitionNumbers } from "./station.js";
import { encodeRecord, type StationRecord } from "./station-record.js";
import { streamInfo, updateStream } from "./stream-api.js";

/** As `readHead`, and writes the record first where another tool made the streams. @returns undefined without a station. */
export async function readOwnHead(operation: Operation, name: StationName): Promise<OwnHead | undefined> {
  for (;;) {
    const head = await readHead(operation, name);
    if (head === undefined || isOwn(head)) return head;
    await takeOver(operation, head);
  }
}

/** Partition 1 last, so that whoever dies midway has changed nothing. The id follows from the stream: many at once write the same. */
async function takeOver(operation: Operation, head: StationHead): Promise<void> {
  const { name, partitionCount: partitions } = head;
  const record: StationRecord = { id: `taken-over-${head.created}`, partitions, revision: 1, dlsStation: undefined };
  await inParallel(partitionNumbers(partitions).slice(1).reverse(), (partition) =>
    writeRecord(operation, partitionStream(name, partition), record),
  );
  await writeRecord(operation, partitionStream(name, 1), record);
}

async function writeRecord(operation: Operation, stream: string, record: StationRecord): Promise<void> {
  const info = await streamInfo(operation, stream);
  if (info === undefined || !isForeignPartition(info)) return;
  const metadata = encodeRecord(record, info.config.metadata);
  const answer = await updateStream(operation, { ...info.config, metadata });
  if (StationkitError.is(answer)) throw answer;
}
