import { addPartitions } from "./add-partitions.js";
import { establishStation } from "./create-station.js";
import { createDeadLetters } from "./dead-letters/dead-letters.js";
import { destroyStation } from "./destroy-station.js";
import { destroyGroup } from "./groups/destroy-group.js";
import type { StationBackend } from "./station-backend.js";
import { updateStation } from "./update-station.js";

/** Stations as streams and nothing else. */
export const jetStreamBackend: StationBackend = {
  establish: establishStation,
  update: updateStation,
  addPartitions,
  destroy: destroyStation,
  destroyGroup,
  deadLetters: createDeadLetters,
};
