/** One archive that the machine's apt is set up to use: an address with the options that belong to it. */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Fields that say how the archive is verified, by lower-case deb822 name; values as written (a key may span lines). */
  readonly trust: Readonly<Record<string, string>>;
}

// Carried over into the private source entry, so that the same keys vouch for the other suite. What else an entry says
// (architectures, languages, targets) is about what to fetch, which is decided here.
const trustFields = new Set(["signed-by", "trusted", "check-valid-until", "check-date"]);

/** Parses the one-line style of sources.list(5); lines that are not `deb` are left out. */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+([^#\n]+)/.exec(line);
    if (match === null) continue;
    const [, options = "", uri = "", rest = ""] = match;
    const [suite = "", ...components] = rest.trim().split(/\s+/);
    const trust: Record<string, string> = {};
    for (const option of options.trim().split(/\s+/)) {
      const [name = "", value = ""] = option.split(/=(.*)/s);
      if (trustFields.has(name.toLowerCase())) trust[name.toLowerCase()] = value.replaceAll(",", " ");
    }
    sources.push({ uris: [uri], suites: [suite], components, trust });
  }
  return sources;
}

/** Parses the deb822 style (`*.sources`); disabled stanzas and `deb-src` alone are left out. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n(?:[ \t]*\n)+/)) {
    const fields = parseStanza(stanza);
    const words = (name: string): string[] => (fields[name] ?? "").split(/\s+/).filter((word) => word !== "");
    if (!words("types").includes("deb")) continue;
    if (/^(no|false|0|off|without|disable)$/i.test(fields["enabled"] ?? "yes")) continue;
    const trust: Record<string, string> = {};
    for (const name of trustFields) {
      const value = fields[name];
      if (value !== undefined) trust[name] = value;
    }
    sources.push({ uris: words("uris"), suites: words("suites"), components: words("components"), trust });
  }
  return sources;
}

function parseStanza(stanza: string): Record<string, string> {
  const fields: Record<string, string> = {};
  let last: string | undefined;
  for (const line of stanza.split("\n")) {
    if (line.startsWith("#")) continue;
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) fields[last] = `${fields[last] ?? ""}\n${line}`;
      continue;
    }
    const match = /^([^:\s]+)\s*:\s*(.*)$/.exec(line);
    if (match === null) continue;
    last = (match[1] ?? "").toLowerCase();
    fields[last] = match[2] ?? "";
  }
  return fields;
}

/** Writes the private entry for one address and suite in deb822 style. */
export function formatSource(
  source: AptSource,
  entry: { uri: string; suite: string; component: string; architecture: string },
): string {
  const lines = [
    "Types: deb",
    `URIs: ${entry.uri}`,
    `Suites: ${entry.suite}`,
    `Components: ${entry.component}`,
    `Architectures: ${entry.architecture}`,
    "Targets: Packages",
    "Languages: none",
    ...Object.entries(source.trust).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}
