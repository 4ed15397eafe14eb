import { beforeEach, vi } from "vitest";

const variables = ["BINARY", "VERSION", "DOWNLOAD", "DOWNLOAD_DIR", "DOWNLOAD_MIRROR", "CHECKSUM", "DEBUG"];
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** Every test of the file starts without any of the variables that the search reads; what a test sets is undone after it. */
export function cleanEnvironment(): void {
  beforeEach(() => {
    vi.unstubAllEnvs();
    for (const name of variables) vi.stubEnv(`NATS_EMBEDDED_${name}`, undefined);
    for (const name of proxies) vi.stubEnv(name, undefined);
  });
}
