import { BrokerError, type ConsumerGroupName, parseConsumerGroupName } from "@stationkit/core-protocol";
import type { Operation } from "../operation.js";
import type { GroupConfig } from "./group-settings.js";

/** nats-server's number for a consumer that is not there. */
const CONSUMER_NOT_FOUND = 10014;

/** What the server tells of a durable. */
export interface GroupInfo {
  readonly name: string;
  readonly config: GroupConfig & {
    readonly deliver_subject?: string;
    readonly filter_subject?: string;
    readonly filter_subjects?: readonly string[];
  };
  readonly ack_floor: { readonly stream_seq: number };
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
  readonly num_pending: number;
  readonly num_waiting: number;
}

interface InfoPage {
  readonly consumers: readonly GroupInfo[] | null;
  readonly total: number;
  readonly limit: number;
}

/** @returns undefined when the partition knows no such durable. */
export async function groupInfo(operation: Operation, stream: string, durable: string): Promise<GroupInfo | undefined> {
  return unlessMissing(operation.request<GroupInfo>(`CONSUMER.INFO.${stream}.${durable}`));
}

/** @returns whether it was there. */
export async function deleteGroup(operation: Operation, stream: string, durable: string): Promise<boolean> {
  // Looked for first: an answer that is lost makes the repetition find nothing.
  if ((await groupInfo(operation, stream, durable)) === undefined) return false;
  await unlessMissing(operation.request(`CONSUMER.DELETE.${stream}.${durable}`));
  return true;
}

/** All durables of a stream that members of a group could read: pulled from, and with a name that a group can have. */
export async function listGroupInfos(
  operation: Operation,
  stream: string,
): Promise<ReadonlyMap<ConsumerGroupName, GroupInfo>> {
  const groups = new Map<ConsumerGroupName, GroupInfo>();
  for (let offset = 0; ;) {
    const page = await operation.request<InfoPage>(`CONSUMER.LIST.${stream}`, { offset });
    for (const info of page.consumers ?? []) {
      const group = groupOf(info);
      if (group !== undefined) groups.set(group, info);
    }
    // By the page size, not by what came: a cluster leaves out those whose servers did not answer in time.
    offset += page.limit;
    if (page.limit < 1 || offset >= page.total) return groups;
  }
}

function groupOf({ name, config }: GroupInfo): ConsumerGroupName | undefined {
  if (config.durable_name === undefined || config.deliver_subject !== undefined) return undefined;
  try {
    const group = parseConsumerGroupName(name.replaceAll("#", "."));
    // One that is written otherwise cannot be asked for by this name.
    return group.replaceAll(".", "#") === name ? group : undefined;
  } catch {
    // Another tool's, under a name that no group has.
    return undefined;
  }
}

async function unlessMissing<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof BrokerError && error.serverErrorCode === CONSUMER_NOT_FOUND) return undefined;
    throw error;
  }
}
