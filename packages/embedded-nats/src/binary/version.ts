import { InvalidOptionsError } from "../errors.js";

/** Major, minor, patch. */
export type Version = readonly [number, number, number];

/** What was asked for: any version from the minimum on, the newest of a line such as 2.10, or exactly one. */
export type VersionWish =
  | { readonly kind: "any" }
  | { readonly kind: "line"; readonly major: number; readonly minor: number }
  | { readonly kind: "exact"; readonly version: Version };

/** The oldest nats-server that this package starts; what stands on it needs stream metadata (2.10). */
export const MINIMUM_VERSION: Version = [2, 10, 0];

const versionPattern = /(?:^|[^\d.])v?(\d+)\.(\d+)\.(\d+)/;

/** Reads the first `1.2.3` of a text such as `nats-server: v2.15.1`; undefined when there is none. */
export function tryParseVersion(text: string): Version | undefined {
  const match = versionPattern.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Reads `version`/`NATS_EMBEDDED_VERSION`: `2.15.1`, `v2.15.1`, `2.10`, or nothing. "latest" is refused on purpose: it is not repeatable. */
export function parseVersionWish(text: string | undefined, option: string): VersionWish {
  if (text === undefined || text === "") return { kind: "any" };
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null)
    throw new InvalidOptionsError(option, `expected a version as 2.15.1 or a line as 2.10, got "${text}"`);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const wish: VersionWish =
    match[3] === undefined
      ? { kind: "line", major, minor }
      : { kind: "exact", version: [major, minor, Number(match[3])] };
  const newest: Version = wish.kind === "exact" ? wish.version : [major, minor, Infinity];
  if (compareVersions(newest, MINIMUM_VERSION) < 0) {
    throw new InvalidOptionsError(option, `${text} is older than ${formatVersion(MINIMUM_VERSION)}`);
  }
  return wish;
}

/** Below 0 when a is older than b, 0 when equal. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether a version is what was wished for. */
export function satisfies(version: Version, wish: VersionWish): boolean {
  switch (wish.kind) {
    case "any":
      return compareVersions(version, MINIMUM_VERSION) >= 0;
    case "line":
      return version[0] === wish.major && version[1] === wish.minor;
    case "exact":
      return compareVersions(version, wish.version) === 0;
  }
}

/** `2.15.1`, without a `v`. */
export function formatVersion(version: Version): string {
  return version.join(".");
}

/** The wish as a reader of an error message should see it. */
export function describeWish(wish: VersionWish): string {
  switch (wish.kind) {
    case "any":
      return `${formatVersion(MINIMUM_VERSION)} or newer`;
    case "line":
      return `${wish.major}.${wish.minor}.x`;
    case "exact":
      return formatVersion(wish.version);
  }
}
