import type { DeadLetterWriter } from "./dead-letter-writer.js";

/** Where messages go that the group cannot deal with. */
export type DeadLetterSink = Pick<DeadLetterWriter, "store" | "follow">;
