import type { SchemaType } from "@stationkit/core-protocol/control";
import type { SchemaVersion } from "../state/schema-state.js";

/** A schema to be compiled. */
export interface SchemaSource {
  readonly name: string;
  readonly type: SchemaType;
  readonly content: string;
  /** Of the version, from 1. */
  readonly number: number;
}

/** What compiling finds out; both empty for all but protobuf. */
export type CompiledSchema = Omit<SchemaVersion, "content">;
