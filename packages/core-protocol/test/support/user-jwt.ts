import { nkeys } from "@nats-io/nats-core";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** What a server with an operator, and one of its users, need. */
export interface OperatorSetup {
  /** For the server's configuration: operator, resolver and the account's JWT. */
  readonly configText: string;
  readonly userJwt: string;
  readonly userSeed: string;
  /** As `nsc` writes it into a `.creds` file. */
  readonly creds: string;
}

/** Makes operator, account (with JetStream) and user by hand. @see https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt */
export function createOperatorSetup(): OperatorSetup {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const systemAccount = nkeys.createAccount();
  const user = nkeys.createUser();
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const accountLimits = { ...unlimited, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const jetStream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

  const operatorJwt = sign(operator, operator.getPublicKey(), "operator", {
    system_account: systemAccount.getPublicKey(),
  });
  const accountJwt = sign(operator, account.getPublicKey(), "account", { limits: { ...accountLimits, ...jetStream } });
  const systemJwt = sign(operator, systemAccount.getPublicKey(), "account", { limits: accountLimits });
  const userJwt = sign(account, user.getPublicKey(), "user", unlimited);
  const userSeed = new TextDecoder().decode(user.getSeed());
  return {
    configText: `
      operator: "${operatorJwt}"
      resolver: MEMORY
      resolver_preload: {
        ${account.getPublicKey()}: "${accountJwt}"
        ${systemAccount.getPublicKey()}: "${systemJwt}"
      }
    `,
    userJwt,
    userSeed,
    creds: `-----BEGIN NATS USER JWT-----
${userJwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.

-----BEGIN USER NKEY SEED-----
${userSeed}
------END USER NKEY SEED------

*************************************************************
`,
  };
}

function sign(issuer: KeyPair, subject: string, type: "operator" | "account" | "user", claims: object): string {
  const header = encode({ typ: "JWT", alg: "ed25519-nkey" });
  const payload = encode({
    jti: `${type}-${subject}`,
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    name: type,
    sub: subject,
    nats: { ...claims, type, version: 2 },
  });
  const signature = issuer.sign(new TextEncoder().encode(`${header}.${payload}`));
  return `${header}.${payload}.${Buffer.from(signature).toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
