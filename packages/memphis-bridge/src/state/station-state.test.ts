import { expect, it } from "vitest";
import { defaultState, isAbout, parseStationState } from "./station-state.js";

const station = { id: "life-1" };

it("a station of which nothing is known keeps all dead letters, as one that came into being when first used", () => {
  expect(defaultState(station)).toEqual({
    stationId: "life-1",
    dls: { poison: true, schemaverse: true },
    schema: undefined,
  });
});

it("what was written is read back, and nonsense is nothing", () => {
  const state = { stationId: "life-1", dls: { poison: false, schemaverse: true }, schema: { name: "s", version: 2 } };
  expect(parseStationState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  for (const value of [undefined, null, 1, "x", {}, []]) expect(parseStationState(value)).toBeUndefined();
});

it("it is about the station of its id, or about whichever came of a request that nobody saw the end of", () => {
  expect(isAbout({ ...defaultState(station), stationId: "" }, station)).toBe(true);
  expect(isAbout(defaultState(station), station)).toBe(true);
  expect(isAbout(defaultState(station), { id: "life-2" })).toBe(false);
  expect(isAbout(defaultState({ id: undefined }), { id: undefined })).toBe(true);
  expect(isAbout(defaultState({ id: undefined }), station)).toBe(false);
});
