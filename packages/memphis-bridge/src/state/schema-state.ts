import type { StationSchema } from "@stationkit/core-protocol/control";

/** A schema with all its versions. */
export interface SchemaState {
  readonly name: string;
  readonly type: string;
  /** By number, from 1: index 0 is version 1. */
  readonly versions: readonly SchemaVersion[];
  /** Number of the version that SDKs check against. */
  readonly active: number;
}

/** One version of a schema, compiled once. */
export interface SchemaVersion {
  /** Source text. */
  readonly content: string;
  /** Protobuf only: base64 of a serialised `FileDescriptorSet`; else empty. */
  readonly descriptor: string;
  /** Protobuf only: name of the message without its package; else empty. */
  readonly messageName: string;
}

/** @returns undefined for what is no schema. */
export function parseSchemaState(value: unknown): SchemaState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const state = value as Partial<SchemaState>;
  return typeof state.name === "string" && Array.isArray(state.versions) ? (state as SchemaState) : undefined;
}

/** The active version, as SDKs are told it. */
export function activeSchema(state: SchemaState): StationSchema | undefined {
  const version = state.versions[state.active - 1];
  return (
    version && {
      schemaName: state.name,
      schemaType: state.type,
      versionNumber: state.active,
      descriptor: version.descriptor,
      schemaContent: version.content,
      messageStructName: version.messageName,
    }
  );
}
