import type { SubjectName } from "@stationkit/core-protocol";
import type { Operation } from "../operation.js";

/** Names of the streams that listen to any of these subjects: the one question about streams that Memphis's roles leave to every user. */
export async function streamsOnSubject(operation: Operation, subject: SubjectName): Promise<readonly string[]> {
  const answer = await operation.request<{ streams?: readonly string[] | null }>("STREAM.NAMES", { subject });
  return answer.streams ?? [];
}
