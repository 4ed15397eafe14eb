import { rmSync } from "node:fs";
import { type NatsServer, startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createMemphisInstance } from "@stationkit/memphis-compat";
import { expectNoClients, failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Certificates, hasOpenssl, issueCertificates } from "./support/certificates.js";
import { examplesThatNeed, runExample } from "./support/memphis-readme.js";

const openssl = hasOpenssl();
if (!openssl) console.warn("the TLS examples are skipped: they need openssl to issue certificates");

failOnUnhandledRejections();

const user = (name: string, password: string): StartNatsOptions => ({
  config: { authorization: { users: [{ user: name, password }] } },
});

describe("the examples of memphis-dev's README that connect", () => {
  const servers: NatsServer[] = [];
  const start = async (options: StartNatsOptions): Promise<NatsServer> => {
    const server = await startNats(options);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      await expectNoClients(server);
      await server.stop();
    }
  });

  /** Runs the one example of this name; nothing else than the address is filled in. */
  async function connectBy(
    name: string,
    server: NatsServer,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const [example, ...more] = examplesThatNeed("logins").filter(({ code }) => code.includes(name));
    expect(more).toEqual([]);
    const { hostname, port } = new URL(server.url);
    const address = `"${hostname}", port: ${port}, suppressLogs: true`;
    const memphis = createMemphisInstance();
    try {
      await runExample(
        example!,
        { memphis },
        { '"localhost"': address, '"aws-us-east-1.cloud.memphis.dev"': address, ...files },
      );
      expect(memphis.isConnected()).toBe(true);
    } finally {
      await memphis.close();
    }
  }

  it("do so by password, under the bare name that NATS knows", async () => {
    await connectBy("connectPassword()", await start(user("root", "memphis")));
  });

  it("do so by password, under the name with its account, as a Memphis broker knows it", async () => {
    await connectBy("connectPassword()", await start(user("root$1", "memphis")));
  });

  it("do so with an account of their own", async () => {
    const server = await start(user("my_client_username$123456789", "my_client_password"));
    await connectBy("connectPasswordCloud()", server);
  });

  it("do so by token", async () => {
    await connectBy("connectToken()", await start({ config: { authorization: { token: "token" } } }));
  });

  describe.skipIf(!openssl)("over TLS", () => {
    let certificates: Certificates;
    let tls: { cert_file: string; key_file: string; ca_file: string; verify: boolean };
    beforeAll(() => {
      certificates = issueCertificates();
      const { certFile, keyFile } = certificates.server;
      tls = { cert_file: certFile, key_file: keyFile, ca_file: certificates.caFile, verify: true };
    });
    afterAll(() => {
      rmSync(certificates.directory, { recursive: true });
    });

    it("do so by certificate alone", async () => {
      await connectBy("connectTLS()", await start({ config: { tls } }), {
        "~/tls_file_path.key": certificates.client.keyFile,
        "~/tls_cert_file_path.crt": certificates.client.certFile,
        "~/tls_ca_file_path.crt": certificates.caFile,
      });
    });

    it("do so with every option that there is", async () => {
      const server = await start({ config: { tls, ...user("root", "memphis").config } });
      const { hostname, port } = new URL(server.url);
      await connectBy("/* Javascript and typescript project */", server, {
        ...{ "<memphis-host>": hostname, "<port>": port, "<username>": "root", "<string>": "memphis" },
        "suppressLogs: false": "suppressLogs: true",
        "<key-client.pem>": certificates.client.keyFile,
        "<cert-client.pem>": certificates.client.certFile,
        "<rootCA.pem>": certificates.caFile,
      });
    });
  });
});
