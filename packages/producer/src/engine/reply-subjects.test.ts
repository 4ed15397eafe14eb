import { describe, expect, it } from "vitest";
import { type Awaiting, ReplySubjects } from "./reply-subjects.js";

const create = (): Awaiting => ({ reply: undefined, replyPlace: 0 });

describe("ReplySubjects", () => {
  it("finds each of many messages by its own subject, which stays the same for all tries", () => {
    const replies = new ReplySubjects("_INBOX.x.");
    const messages = Array.from({ length: 1_500 }, create);
    const subjects = messages.map((message) => replies.of(message));
    expect(new Set(subjects).size).toBe(1_500);
    expect(messages.map((message) => replies.of(message))).toEqual(subjects);
    expect(subjects.map((subject) => replies.find(subject))).toEqual(messages);
    expect(subjects[7]).toMatch(/^_INBOX\.x\.[0-9-]+$/);
  });

  it("finds nobody by the subject of a released message, also when its place is used again", () => {
    const replies = new ReplySubjects("p.");
    const [first, second] = [create(), create()];
    const old = replies.of(first);
    replies.release(first);
    expect(replies.find(old)).toBeUndefined();
    const subject = replies.of(second);
    expect(second.replyPlace).toBe(first.replyPlace);
    expect(replies.find(old)).toBeUndefined();
    expect(replies.find(subject)).toBe(second);
  });

  it("takes a second release, or one of a message that was never sent, for nothing", () => {
    const replies = new ReplySubjects("p.");
    const message = create();
    replies.release(message);
    replies.of(message);
    replies.release(message);
    replies.release(message);
    const [a, b] = [create(), create()];
    expect([replies.of(a), replies.of(b)].map((subject) => replies.find(subject))).toEqual([a, b]);
  });

  it.each(["", "p", "p.", "p.-", "p.0", "p.0-", "p.-1", "p.0-x", "p.0-1-1", "p.0-01", "p.99-1", "q.0-1"])(
    "finds nobody by %o",
    (subject) => {
      const replies = new ReplySubjects("p.");
      expect(replies.of(create())).toBe("p.0-1");
      expect(replies.find(subject)).toBeUndefined();
    },
  );
});
