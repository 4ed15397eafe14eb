import { kafkaPartitioner, memphisPartitioner, nats, type Partitioner } from "@stationkit/partitioner";

const PARTITIONERS = { memphis: memphisPartitioner, kafka: kafkaPartitioner, nats };

export type PartitionerName = keyof typeof PARTITIONERS;

export const PARTITIONER_NAMES = Object.keys(PARTITIONERS) as readonly PartitionerName[];

export function createPartitioner(name: PartitionerName): Partitioner {
  return PARTITIONERS[name]();
}
