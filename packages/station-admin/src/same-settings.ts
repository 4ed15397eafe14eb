import { StationExistsError } from "@stationkit/core-protocol";
import type { StationHead } from "./read-station.js";
import type { StationRequest } from "./station-request.js";
import { settingDifferences } from "./station-settings.js";

/** What `create` insists on. @throws {StationExistsError} listing the differences. */
export function requireSameSettings(request: StationRequest, { partitionCount, settings }: StationHead): void {
  const differences = [
    ...(partitionCount === request.partitions
      ? []
      : [{ setting: "partitions", existing: partitionCount, requested: request.partitions }]),
    ...settingDifferences(settings, request.insistsOn),
  ];
  if (differences.length > 0) throw new StationExistsError(request.name, differences);
}
