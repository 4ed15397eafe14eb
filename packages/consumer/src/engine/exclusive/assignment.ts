import { createHash } from "node:crypto";

/**
 * Which member is to hold which partition: the same on every member that knows the same members. No member has more than one partition
 * more than another, and few partitions change hands when members come and go.
 * @param members - ids, at least one; in any order.
 * @returns partition → member.
 */
export function assignPartitions(
  partitions: readonly number[],
  members: readonly string[],
): ReadonlyMap<number, string> {
  const assigned = new Map<number, string>();
  const counts = new Map(members.map((member) => [member, 0]));
  const least = Math.floor(partitions.length / members.length);
  // So many members have one more than the least.
  let extras = partitions.length % members.length;
  for (const partition of partitions) {
    const open = members.filter((member) => (counts.get(member) ?? 0) < least + (extras > 0 ? 1 : 0));
    const member = highest(open, partition);
    const count = (counts.get(member) ?? 0) + 1;
    counts.set(member, count);
    if (count > least) extras--;
    assigned.set(partition, member);
  }
  return assigned;
}

/** By the weight of each pair, so that members which stay keep their order for a partition. */
function highest(members: readonly string[], partition: number): string {
  let best = "";
  let bestWeight = "";
  for (const member of members) {
    const weight = createHash("sha1").update(`${partition}/${member}`).digest("hex");
    if (weight > bestWeight) [best, bestWeight] = [member, weight];
  }
  return best;
}
