import type { ContenderName, Task } from "./catalog.js";

/** One thing that is measured: a contender with one size of message and one number of partitions. */
export interface Cell {
  readonly contender: ContenderName;
  readonly sizeBytes: number;
  readonly partitions: number;
}

/** What is measured where; `names` and `sizes` narrow it. */
export interface CellSelection {
  readonly task: Task;
  readonly cluster: boolean;
  /** Contenders that are available, in the order of the tables. */
  readonly names: readonly ContenderName[];
  /** undefined: 128 B for all, and larger ones for those of whom it tells something. */
  readonly sizeBytes: number | undefined;
}

const SMALL_BYTES = 128;
const LARGER_BYTES = [1_024, 65_536];
const MANY_PARTITIONS = [4, 64];
/** One process reads them all. */
const READ_PARTITIONS = [1, 8];

/** Those whose way with the bytes differs; the others (sequential, produceMany, Writable) differ in the way of the caller only. */
const AT_LARGER_SIZES: readonly ContenderName[] = [
  "stationkit",
  "stationkit-no-ids",
  "stationkit-fast-ingest",
  "nats.js",
  "nats.js-no-ids",
  "memphis-dev",
  "ceiling",
];

/** Those with lanes per partition. */
const AT_MANY_PARTITIONS: readonly ContenderName[] = ["stationkit", "stationkit-fast-ingest"];

/** What a choice on a cluster depends on. */
const ON_CLUSTER: readonly ContenderName[] = [
  "stationkit",
  "stationkit-no-ids",
  "stationkit-fast-ingest",
  "stationkit-atomic",
  "stationkit-sync",
  "nats.js",
  "nats.js-no-ids",
  "nats.js-sequential",
  "ceiling",
];

export function selectCells({ task, cluster, names, sizeBytes }: CellSelection): readonly Cell[] {
  const small = sizeBytes ?? SMALL_BYTES;
  if (task === "consume") {
    return READ_PARTITIONS.flatMap((partitions) =>
      names.map((contender) => ({ contender, sizeBytes: small, partitions })),
    );
  }
  const larger = sizeBytes === undefined && !cluster ? LARGER_BYTES : [];
  const among = (wanted: readonly ContenderName[]): readonly ContenderName[] =>
    names.filter((name) => wanted.includes(name));
  const atPartitions = (contender: ContenderName): readonly number[] =>
    !cluster && AT_MANY_PARTITIONS.includes(contender) ? [1, ...MANY_PARTITIONS] : [1];
  return [
    ...(cluster ? among(ON_CLUSTER) : names).flatMap((contender) =>
      atPartitions(contender).map((partitions) => ({ contender, sizeBytes: small, partitions })),
    ),
    ...larger.flatMap((sizeBytes) =>
      among(AT_LARGER_SIZES).map((contender) => ({ contender, sizeBytes, partitions: 1 })),
    ),
  ];
}

export function cellId({ contender, sizeBytes, partitions }: Cell): string {
  return `${contender} ${sizeBytes} B ${partitions}p`;
}
