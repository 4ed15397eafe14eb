import { testReadme } from "@stationkit/test-kit/vitest";
import { describe } from "vitest";

describe("the README", async () => {
  await testReadme(new URL("../", import.meta.url));
});
