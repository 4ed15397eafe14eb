import { describe, expect, it } from "vitest";
import { formatSource, parseDeb822Sources, parseOneLineSources } from "./apt-sources.js";

describe("sources in one line each", () => {
  it("are read with their options; comments, sources and noise are left out", () => {
    const text = [
      "# deb http://commented.example/debian bookworm main",
      "deb http://mirror.example/debian bookworm main contrib # trailing",
      "deb-src http://mirror.example/debian bookworm main",
      "  deb [arch=amd64,arm64 signed-by=/k1.gpg,/k2.gpg trusted=no] https://mirror.example/debian/ sid main",
      "nonsense",
    ].join("\n");
    expect(parseOneLineSources(text)).toEqual([
      { uris: ["http://mirror.example/debian"], suites: ["bookworm"], components: ["main", "contrib"], trust: {} },
      {
        uris: ["https://mirror.example/debian/"],
        suites: ["sid"],
        components: ["main"],
        trust: { "signed-by": "/k1.gpg /k2.gpg", trusted: "no" },
      },
    ]);
  });
});

describe("sources in deb822 style", () => {
  it("are read with several values, comments in between, and a key that is written out", () => {
    const key = " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n -----END PGP PUBLIC KEY BLOCK-----";
    const text = [
      "# a comment\nTypes: deb deb-src\n# another\nURIs: http://a.example/debian http://b.example/debian",
      `Suites: bookworm\n  bookworm-updates\nComponents: main contrib\nSigned-By:\n${key}`,
      "",
      "types: deb\nuris: http://c.example/debian\nsuites: sid\ncomponents: main\nenabled: no",
      "",
      "Types: deb-src\nURIs: http://d.example/debian\nSuites: sid\nComponents: main",
    ].join("\n");
    expect(parseDeb822Sources(text)).toEqual([
      {
        uris: ["http://a.example/debian", "http://b.example/debian"],
        suites: ["bookworm", "bookworm-updates"],
        components: ["main", "contrib"],
        trust: { "signed-by": `\n${key}` },
      },
    ]);
  });

  it("are written with the trust of the entry they come from, so that reading them brings the same", () => {
    const [source] = parseOneLineSources("deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main");
    const text = formatSource(source!, {
      uri: "http://mirror.example/debian",
      suite: "sid",
      component: "main",
      architecture: "amd64",
    });
    expect(parseDeb822Sources(text)).toEqual([{ ...source, suites: ["sid"] }]);
    expect(text).toContain("Architectures: amd64\nTargets: Packages\n");
  });
});
