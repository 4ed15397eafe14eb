import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A day's certificates for 127.0.0.1 and a client, and the authority that issued them: paths of PEM files. */
export interface Certificates {
  readonly directory: string;
  readonly caFile: string;
  readonly server: { readonly certFile: string; readonly keyFile: string };
  readonly client: { readonly certFile: string; readonly keyFile: string };
}

/** False where `openssl` is missing: Node itself cannot issue certificates. */
export function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    // The tests that need it say that they were skipped.
    return false;
  }
}

export function issueCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), "memphis-compat-tls-"));
  const path = (name: string): string => join(directory, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl([
    "req",
    "-x509",
    ...newKey,
    "-days",
    "1",
    "-subj",
    "/CN=ca",
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
  ]);
  const issue = (name: string, alternativeNames: string): { certFile: string; keyFile: string } => {
    writeFileSync(path(`${name}.ext`), `subjectAltName=${alternativeNames}\n`);
    openssl(["req", ...newKey, "-subj", `/CN=${name}`, "-keyout", path(`${name}.key`), "-out", path(`${name}.csr`)]);
    openssl([
      ...[
        "x509",
        "-req",
        "-in",
        path(`${name}.csr`),
        "-CA",
        path("ca.pem"),
        "-CAkey",
        path("ca.key"),
        "-CAcreateserial",
      ],
      ...["-days", "1", "-extfile", path(`${name}.ext`), "-out", path(`${name}.pem`)],
    ]);
    return { certFile: path(`${name}.pem`), keyFile: path(`${name}.key`) };
  };
  return {
    directory,
    caFile: path("ca.pem"),
    server: issue("server", "DNS:localhost,IP:127.0.0.1"),
    client: issue("client", "DNS:client"),
  };
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
