import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Paths of PEM files. */
export interface KeyAndCertificate {
  readonly keyFile: string;
  readonly certFile: string;
}

/** Issues certificates that live for a day, so that none is committed and none runs out. */
export interface CertificateAuthority {
  readonly caFile: string;
  issue(name: string, alternativeNames: string): KeyAndCertificate;
}

/** False where `openssl` is missing; the tests then say that they were skipped. */
export function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    // Not installed: Node itself cannot issue certificates.
    return false;
  }
}

export function createCertificateAuthority(directory: string, name: string): CertificateAuthority {
  const ca = { keyFile: join(directory, `${name}.key`), certFile: join(directory, `${name}.pem`) };
  openssl([
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${name}`, "-keyout", ca.keyFile, "-out", ca.certFile],
  ]);
  return {
    caFile: ca.certFile,
    issue(subject, alternativeNames) {
      const path = (ending: string): string => join(directory, `${name}-${subject}.${ending}`);
      writeFileSync(path("ext"), `subjectAltName=${alternativeNames}\n`);
      openssl([
        ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", `/CN=${subject}`],
        ...["-keyout", path("key"), "-out", path("csr")],
      ]);
      openssl([
        ...["x509", "-req", "-in", path("csr"), "-CA", ca.certFile, "-CAkey", ca.keyFile, "-CAcreateserial"],
        ...["-days", "1", "-extfile", path("ext"), "-out", path("pem")],
      ]);
      return { keyFile: path("key"), certFile: path("pem") };
    },
  };
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
