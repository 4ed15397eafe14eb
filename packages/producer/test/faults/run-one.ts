// A program: runs one scenario, or lists them, for a campaign.
import { serveScenarios } from "@stationkit/test-kit";
import { scenarios } from "./scenarios/index.js";

await serveScenarios(scenarios);
