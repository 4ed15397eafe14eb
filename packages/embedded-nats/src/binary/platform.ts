/** The machine's name in nats-server's release files and in the cache, e.g. `linux-amd64`; undefined parts have no release. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** `linux-amd64` */
  readonly id: string;
  /** `nats-server`, on Windows `nats-server.exe` */
  readonly executable: string;
}

// Go's names, which the release files use. @see https://github.com/nats-io/nats-server/blob/main/.goreleaser.yml
const operatingSystems: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
  freebsd: "freebsd",
};
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
  s390x: "s390x",
  ppc64: "ppc64le",
};

/** Names the machine; what has no Go name keeps Node's, so that a cache made by hand still works there. */
export function currentPlatform(
  os: NodeJS.Platform = process.platform,
  arch: NodeJS.Architecture = process.arch,
): Platform {
  const osName = operatingSystems[os] ?? os;
  const archName = architectures[arch] ?? arch;
  return {
    os: osName,
    arch: archName,
    id: `${osName}-${archName}`,
    executable: os === "win32" ? "nats-server.exe" : "nats-server",
  };
}
