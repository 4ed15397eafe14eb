import { type ApiErrorBody, type Connection, SERVER_ERROR } from "@stationkit/core-protocol";
import { readAnswer } from "../engine/acks.js";
import type { Lane } from "../engine/lane.js";
import { AtomicDuplicateError } from "../producer-errors.js";
import type { AtomicBatch } from "./atomic-batch.js";
import { findStoredIds, type Remembered } from "./stored-ids.js";

/** What answering needs of the batch's producer. */
export interface AnswerContext {
  readonly connection: Connection;
  readonly lane: Lane;
  readonly timeoutMs: number;
}

/** Hands an answer to the batch's lane; one that speaks of duplicate ids is looked into first. */
export function answerBatch(context: AnswerContext, batch: AtomicBatch, data: Uint8Array, status: number): void {
  const { lane } = context;
  const screened = batch.screen(data, status);
  if (screened.type === "unusable") lane.abandon(batch, screened.error);
  if (screened.type !== "answer") return;
  const answer = readAnswer(screened.data, screened.status);
  if (answer.type === "refused" && answer.error.err_code === SERVER_ERROR.atomicBatchDuplicate) {
    void settleDuplicate(context, batch, answer.error);
    return;
  }
  lane.answer(batch, screened.data, screened.status);
}

/**
 * The broker knows at least one of the batch's ids, so it has stored nothing of this try. When an earlier try went unanswered, or the
 * caller repeats a batch, all of them are known, one behind the other: then the batch is stored, and is acknowledged as a duplicate.
 * The refusal alone is no proof of that: a leader gives it also for a batch that it has only proposed to its followers.
 */
async function settleDuplicate(context: AnswerContext, batch: AtomicBatch, error: ApiErrorBody): Promise<void> {
  const { lane, connection, timeoutMs } = context;
  const { attempts } = batch;
  const msgIds = batch.parts.flatMap(({ msgId }) => msgId ?? []);
  // An answer that does not come leaves the try unanswered, and that is repeated.
  const remembered = await findStoredIds(connection, lane.subject, msgIds, timeoutMs).catch(() => undefined);
  if (batch.isSettled || batch.attempts !== attempts) return;
  const first = remembered?.[0];
  if (isInOneRow(remembered, batch.parts.length) && typeof first === "number") {
    give(lane, batch, { stream: lane.stream, seq: first + batch.parts.length - 1, duplicate: true });
  } else if (remembered?.includes("storing") === true) {
    give(lane, batch, { error: { ...error, err_code: SERVER_ERROR.duplicateInProcess } });
  } else if (attempts === 1 || !batch.mayBeStored) {
    lane.abandon(batch, new AtomicDuplicateError(batch.station, duplicates(msgIds, remembered)));
  } else if (remembered !== undefined) {
    // Some of the ids were used before, or are forgotten: what became of the earlier try cannot be told.
    give(lane, batch, { error });
  }
}

function give(lane: Lane, batch: AtomicBatch, answer: object): void {
  lane.answer(batch, Buffer.from(JSON.stringify(answer), "utf8"), 0);
}

function isInOneRow(remembered: readonly Remembered[] | undefined, count: number): boolean {
  const first = remembered?.[0];
  if (remembered?.length !== count || typeof first !== "number") return false;
  return remembered.every((sequence, index) => sequence === first + index);
}

function duplicates(
  msgIds: readonly string[],
  remembered: readonly Remembered[] | undefined,
): { msgId: string; sequence: number }[] {
  return msgIds.flatMap((msgId, index) => {
    const sequence = remembered?.[index];
    return typeof sequence === "number" ? [{ msgId, sequence }] : [];
  });
}
