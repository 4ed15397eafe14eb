import { describe, expect, it } from "vitest";
import { createBatchIds, OPERATION, replyPrefix, replySubject, tryParseReplySubject } from "./reply-subject.js";

const INBOX = "_INBOX.abc";

describe("reply subjects of batches", () => {
  it("carry inbox, batch, flow, what to do about a gap, sequence and operation, in this order", () => {
    const prefix = replyPrefix(INBOX, "b1", 250);
    expect(replySubject(prefix, 1, OPERATION.start)).toBe("_INBOX.abc.b1.250.fail.1.0.$FI");
    expect(replySubject(prefix, 17, OPERATION.append)).toBe("_INBOX.abc.b1.250.fail.17.1.$FI");
    expect(replySubject(prefix, 18, OPERATION.commit)).toBe("_INBOX.abc.b1.250.fail.18.2.$FI");
    expect(replySubject(prefix, 19, OPERATION.end)).toBe("_INBOX.abc.b1.250.fail.19.3.$FI");
    expect(replySubject(prefix, 19, OPERATION.ping)).toBe("_INBOX.abc.b1.250.fail.19.4.$FI");
  });

  it("are read back from an answer", () => {
    const prefix = replyPrefix(INBOX, "b1", 250);
    expect(tryParseReplySubject(replySubject(prefix, 17, OPERATION.append), INBOX.length)).toEqual({
      batchId: "b1",
      sequence: 17,
      isPing: false,
    });
    expect(tryParseReplySubject(replySubject(prefix, 17, OPERATION.ping), INBOX.length)).toEqual({
      batchId: "b1",
      sequence: 17,
      isPing: true,
    });
  });

  it.each(["_INBOX.abc", "_INBOX.abc.", "_INBOX.abc.b1.250.fail.17.1", "_INBOX.abc.b1.250.fail.x.1.$FI"])(
    "leave %s unread",
    (subject) => {
      expect(tryParseReplySubject(subject, INBOX.length)).toBeUndefined();
    },
  );

  it("have ids that differ between batches and between producers, are one token, and stay below 64 characters", () => {
    const [mine, others] = [createBatchIds(), createBatchIds()];
    const ids = Array.from({ length: 100 }, () => [mine(), others()]).flat();
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[\w-]{9,20}$/);
  });
});
