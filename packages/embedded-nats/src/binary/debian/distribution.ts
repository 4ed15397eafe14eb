import type { VersionWish } from "../version.js";

/** What has to be known about a distribution to find nats-server in another of its suites. */
export interface Distribution {
  readonly id: "debian" | "ubuntu";
  /** The suite that the machine itself runs, e.g. `bookworm`. */
  readonly codename: string | undefined;
  /** The component that nats-server is in. */
  readonly component: string;
  /** The installed keyring that holds the keys of every suite, for sources which name only the keys of their own. */
  readonly keyring: string;
  /** How the main archive's address ends, on whatever mirror. */
  readonly archivePath: RegExp;
}

/** Reads os-release(5); undefined when the machine is neither Debian, Ubuntu, nor derived from one of them. */
export function parseOsRelease(text: string): Distribution | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}=["']?([^"'\n]*)["']?$`, "m").exec(text)?.[1]?.trim();
  const names = [field("ID") ?? "", ...(field("ID_LIKE") ?? "").split(/\s+/)];
  if (names.includes("ubuntu")) {
    return {
      id: "ubuntu",
      codename: field("UBUNTU_CODENAME") ?? field("VERSION_CODENAME"),
      component: "universe",
      keyring: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
      archivePath: /\/ubuntu(-ports)?\/?$/,
    };
  }
  if (!names.includes("debian")) return undefined;
  return {
    id: "debian",
    codename: field("VERSION_CODENAME"),
    component: "main",
    keyring: "/usr/share/keyrings/debian-archive-keyring.gpg",
    archivePath: /\/debian\/?$/,
  };
}

// Which stable suite holds which line, so that the first index fetched (about 10 MB) is the right one. Only an order: the
// other suites are tried after it.
const debianSuiteOfLine: Readonly<Record<string, string>> = { "2.10": "trixie" };

/** The suites to look into, the most promising first. */
export function suitesFor(distribution: Distribution, wish: VersionWish): string[] {
  const newestFirst = distribution.id === "debian" ? ["sid", "testing", "stable"] : ["devel"];
  const likely: string[] = [];
  if (distribution.id === "debian" && wish.kind !== "any") {
    const [major, minor] = wish.kind === "line" ? [wish.major, wish.minor] : wish.version;
    const suite = debianSuiteOfLine[`${major}.${minor}`];
    if (suite !== undefined) likely.push(suite);
  }
  if (distribution.codename !== undefined) newestFirst.push(distribution.codename);
  return [...new Set([...likely, ...newestFirst])];
}
