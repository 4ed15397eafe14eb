import type { Version, VersionWish } from "./version.js";

/** The release that is fetched when no version is asked for. */
export const NEWEST_RELEASE: Version = [2, 15, 1];

/**
 * The exact release behind each line that may be asked for by line alone. Frozen on purpose ("the newest 2.10" would be another
 * one tomorrow); a line is listed once this package's tests have passed with that release.
 */
const RELEASE_OF_LINE: Readonly<Record<string, Version>> = Object.freeze({
  "2.10": [2, 10, 27],
  "2.15": NEWEST_RELEASE,
});

/** The release to fetch for a wish, or undefined when the line has none in the table. */
export function releaseFor(wish: VersionWish): Version | undefined {
  switch (wish.kind) {
    case "any":
      return NEWEST_RELEASE;
    case "exact":
      return wish.version;
    case "line":
      return RELEASE_OF_LINE[`${wish.major}.${wish.minor}`];
  }
}
