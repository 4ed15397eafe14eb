import { describe, expect, it } from "vitest";
import { aptConfiguration } from "./apt-workspace.js";
import { parseDeb822Sources } from "./apt-sources.js";
import { archiveCandidates, parseMadison } from "./debian-archive.js";
import { parseOsRelease, suitesFor } from "./distribution.js";

const debian = parseOsRelease("ID=debian\nVERSION_CODENAME=bookworm\n")!;

describe("the distribution", () => {
  it("is Debian, Ubuntu or what descends from them", () => {
    expect(debian).toMatchObject({ id: "debian", codename: "bookworm", component: "main" });
    expect(
      parseOsRelease('ID="linuxmint"\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=xia\nUBUNTU_CODENAME=noble\n'),
    ).toMatchObject({
      id: "ubuntu",
      codename: "noble",
      component: "universe",
    });
    expect(parseOsRelease("ID=fedora\n")).toBeUndefined();
    expect(parseOsRelease("")).toBeUndefined();
  });

  it("says which suites to look into, the likeliest first", () => {
    expect(suitesFor(debian, { kind: "any" })).toEqual(["sid", "testing", "stable", "bookworm"]);
    expect(suitesFor(debian, { kind: "line", major: 2, minor: 10 })[0]).toBe("trixie");
    expect(suitesFor(debian, { kind: "exact", version: [2, 10, 27] })[0]).toBe("trixie");
    const ubuntu = parseOsRelease("ID=ubuntu\nVERSION_CODENAME=noble\n")!;
    expect(suitesFor(ubuntu, { kind: "any" })).toEqual(["devel", "noble"]);
  });
});

describe("the archive", () => {
  it("is the entry of the distribution's own suite, by whatever address, before what only looks alike", () => {
    const sources = parseDeb822Sources(
      [
        "Types: deb\nURIs: http://other.example/tools\nSuites: bookworm\nComponents: main",
        "Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main",
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main",
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main",
        "Types: deb\nURIs: http://docker.example/linux/debian\nSuites: bookworm\nComponents: stable",
        "Types: deb\nURIs: cdrom:[x]/\nSuites: bookworm\nComponents: main",
      ].join("\n\n"),
    );
    expect(archiveCandidates(sources, debian).map(({ uri }) => uri)).toEqual([
      "http://mirror.example/debian",
      "http://other.example/tools",
    ]);
  });

  it("offers what apt-cache madison lists", () => {
    const text =
      "nats-server |   2.15.1-1 | http://mirror.example/debian sid/main amd64 Packages\n" +
      "nats-server | 1:2.10.27-1+b2 | http://mirror.example/debian trixie/main amd64 Packages\n";
    expect(parseMadison(text)).toEqual([
      { packageVersion: "2.15.1-1", version: [2, 15, 1] },
      { packageVersion: "1:2.10.27-1+b2", version: [2, 10, 27] },
    ]);
    expect(parseMadison("")).toEqual([]);
  });
});

it("the private apt keeps the machine's settings, except hooks and places", () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Dir::State "var/lib/apt";',
    'APT::Update::Post-Invoke:: "rm -f /var/cache/apt/*.bin || true";',
    'DPkg::Post-Invoke:: "test -x "/x" && /x";',
    'Acquire::Check-Date "false";',
  ].join("\n");
  const text = aptConfiguration(dump, "/private");
  expect(text).toContain('Acquire::http::Proxy "http://proxy.example:3128";\n');
  expect(text).toContain('Acquire::Check-Date "false";\n');
  expect(text).not.toContain("Invoke");
  expect(text.indexOf('Dir::State "/private";')).toBeGreaterThan(text.indexOf('Dir::State "var/lib/apt";'));
  expect(text).toContain('Dir::Etc::sourceparts "/dev/null";');
});
