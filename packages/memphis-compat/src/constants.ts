import { RETENTION_TYPE } from "@stationkit/core-protocol/control";

/** Values of `retentionType`. `retentionValue` counts seconds, messages or bytes; it is not looked at with `ACK_BASED`. */
export interface RetentionTypes {
  readonly MAX_MESSAGE_AGE_SECONDS: string;
  readonly MESSAGES: string;
  readonly BYTES: string;
  readonly ACK_BASED: string;
}

/** Values of `storageType`. */
export interface StorageTypes {
  readonly DISK: string;
  readonly MEMORY: string;
}

/** @see memphis.js 1.3.2, memphis.ts `retentionTypes` */
export const retentionTypes: RetentionTypes = Object.freeze({
  MAX_MESSAGE_AGE_SECONDS: RETENTION_TYPE.age,
  MESSAGES: RETENTION_TYPE.messages,
  BYTES: RETENTION_TYPE.bytes,
  ACK_BASED: RETENTION_TYPE.ack,
});

/** @see memphis.js 1.3.2, memphis.ts `storageTypes` */
export const storageTypes: StorageTypes = Object.freeze({ DISK: "file", MEMORY: "memory" });
