import { expect, it } from "vitest";
import { currentPlatform } from "./platform.js";

it.each([
  ["linux", "x64", "linux-amd64", "nats-server"],
  ["linux", "arm", "linux-arm7", "nats-server"],
  ["darwin", "arm64", "darwin-arm64", "nats-server"],
  ["win32", "x64", "windows-amd64", "nats-server.exe"],
  ["aix", "riscv64", "aix-riscv64", "nats-server"],
] as const)("names %s %s as the releases do: %s", (os, arch, id, executable) => {
  expect(currentPlatform(os, arch)).toMatchObject({ id, executable });
});
