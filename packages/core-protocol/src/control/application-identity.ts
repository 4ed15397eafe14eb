import type { JsonObject } from "./json-object.js";
import { identifiesApp, REQUEST_VERSION } from "./request-version.js";

/** In whose name requests are made by a connection that has no user: every broker has this one. @see memphis-protocol.md section 1.2 */
export const DEFAULT_MEMPHIS_USERNAME = "root";

/** Which process and language declares a producer or consumer. */
export interface ApplicationIdentity {
  /** UUIDv4, one per process. */
  readonly appId: string;
  /** Free text for people: `node.js`, `go`, `python`; empty when an older SDK does not say. */
  readonly sdkLanguage: string;
}

/** @internal The fields as the version that is asked for has them: `app_id` from 2, `sdk_lang` from 4. */
export function encodeIdentity(identity: ApplicationIdentity, requestVersion: number): Record<string, string> {
  return {
    ...(requestVersion >= REQUEST_VERSION.partitions && { app_id: identity.appId }),
    ...(identifiesApp(requestVersion) && { sdk_lang: identity.sdkLanguage }),
  };
}

/** @internal As a broker reads them: before version 4 the connection id stands for the app id, whatever `app_id` says. */
export function decodeIdentity(body: JsonObject, requestVersion: number, connectionId: string): ApplicationIdentity {
  return identifiesApp(requestVersion)
    ? { appId: body.string("app_id"), sdkLanguage: body.string("sdk_lang") }
    : { appId: connectionId, sdkLanguage: "" };
}
