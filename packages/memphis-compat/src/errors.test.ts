import { readFile } from "node:fs/promises";
import { BrokerError, StationkitError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { CONNECT_DEFAULTS, CONSUMER_DEFAULTS, PRODUCE_DEFAULTS } from "./index.js";
import * as exported from "./index.js";

const place = { station: "orders", schemaName: "order", schemaType: "json" };
const cause = new Error("underneath");

const made = [
  new exported.ControlPlaneMissingError("a schema", { cause }),
  new exported.SchemaValidationError(place, "id is missing", { cause }),
  new exported.SchemaUnusableError(place, "install ajv", { cause }),
];

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
/** The cells of every row of the README's tables that begins with code. */
const rows = new Map(
  [...readme.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, name, rest]) => [
    name!,
    rest!.split("|").map((cell) => cell.trim()),
  ]),
);

describe("the errors of this package", () => {
  it("are all in this test", () => {
    const classes = Object.values(exported).filter(
      (value) => typeof value === "function" && (value as { prototype?: unknown }).prototype instanceof Error,
    );
    expect(new Set(made.map((error) => error.constructor))).toEqual(new Set(classes));
    expect(made[0]).toBeInstanceOf(BrokerError);
  });

  it.each(made.map((error) => [error.name, error] as const))(
    "%s is named, survives JSON, and is in the README",
    (name, error) => {
      expect(error.constructor.name).toBe(name);
      expect(StationkitError.is(error)).toBe(true);
      expect(error.cause).toBe(cause);
      const { code, retryable, outcome } = error;
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code, retryable, outcome });
      expect(rows.get(name)?.slice(0, 3)).toEqual([`\`${code}\``, retryable ? "yes" : "no", `\`${outcome}\``]);
    },
  );

  it("begin with the words that users of Memphis look for", () => {
    expect(made[1]!.message).toBe("Schema validation has failed: id is missing");
    expect(made[2]!.message).toBe('the json schema "order" of station "orders" cannot be used: install ajv');
  });
});

describe("the README's tables of options", () => {
  const defaults: Record<string, unknown> = { ...CONNECT_DEFAULTS, ...CONSUMER_DEFAULTS, ...PRODUCE_DEFAULTS };

  it.each(Object.keys(defaults))("have %s with its default", (name) => {
    const value = defaults[name];
    const text = typeof value === "number" ? value.toLocaleString("en-US").replace("6,666", "6666") : String(value);
    expect(rows.get(name)?.[1]).toBe(`\`${text}\``);
  });
});
