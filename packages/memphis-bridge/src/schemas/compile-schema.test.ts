import { BrokerError } from "@stationkit/core-protocol";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { describe, expect, it } from "vitest";
import { compileSchema } from "./compile-schema.js";

const source = { name: "s", number: 2 } as const;

describe("a schema", () => {
  it.each([
    ["json", "{}"],
    ["json", "true"],
    ["json", '{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","id":"x"}'],
    ["json", '{"$schema":"http://json-schema.org/draft-06/schema#","type":"object"}'],
    ["json", '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","format":"unknown","x-own":1}'],
    ["json", '{"$schema":"https://json-schema.org/draft/2019-09/schema","type":"object"}'],
    ["json", '{"$schema":"https://json-schema.org/draft/2020-12/schema","prefixItems":[{"type":"string"}]}'],
    ["avro", '"string"'],
    ["avro", '{"type":"array","items":"int"}'],
    ["graphql", "type Query { a(b: Int!): [String] }"],
  ] as const)("of type %s is taken when it is %s", async (type, content) => {
    expect(await compileSchema({ ...source, type, content })).toEqual({ descriptor: "", messageName: "" });
  });

  it.each([
    ["json", "nonsense"],
    ["json", "null"],
    ["json", '{"type":"thing"}'],
    ["json", '{"$ref":"#/nowhere"}'],
    ["avro", '{"type":"thing"}'],
    ["graphql", "type Query { a: Nowhere }"],
    ["protobuf", 'syntax = "proto3"; message A { Nowhere b = 1; }'],
    ["protobuf", 'syntax = "proto3";'],
    ["protobuf", 'syntax = "proto3"; import "other.proto"; message A {}'],
  ] as const)("of type %s is refused when it is %s", async (type, content) => {
    await expect(compileSchema({ ...source, type, content })).rejects.toThrow(BrokerError);
    await expect(compileSchema({ ...source, type, content })).rejects.toThrow(/^Schema refused/);
  });
});

describe("a protobuf schema", () => {
  it("is that of the first message of its file, also in a package", async () => {
    const content = 'syntax = "proto3"; package a.b; enum E { X = 0; } message First { E e = 1; } message Second {}';
    expect(await compileSchema({ ...source, type: "protobuf", content })).toMatchObject({ messageName: "First" });
  });

  it("has descriptors, in a file that memphis.go looks up by schema and version", async () => {
    const content =
      'syntax = "proto3"; package p; import "google/protobuf/timestamp.proto";\n' +
      "message M { google.protobuf.Timestamp at_time = 1; repeated string names = 2; }";
    const compiled = await compileSchema({ ...source, type: "protobuf", content });
    const set = descriptor.FileDescriptorSet.decode(
      Buffer.from(compiled.descriptor, "base64"),
    ) as unknown as descriptor.IFileDescriptorSet;
    const own = set.file.find(({ name }) => name === "s_2.proto");
    expect(own).toMatchObject({ package: "p", syntax: "proto3" });
    expect(own?.messageType?.[0]?.field?.map(({ name }) => name)).toEqual(["at_time", "names"]);
    expect(own?.dependency).toEqual(set.file.filter((file) => file !== own).map(({ name }) => name));
    const root = (protobuf.Root as unknown as { fromDescriptor(bytes: unknown): protobuf.Root }).fromDescriptor(set);
    expect(root.lookupType("p.M").fieldsArray).toHaveLength(2);
  });
});
