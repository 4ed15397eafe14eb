const replyText = {
  /** Stations and schemas; all SDKs. */
  alreadyExists: "already exists",
  /** Stations; memphis.go and memphis.py look for this shorter form. */
  alreadyExist: "already exist",
  /** Schemas: the name is taken by a schema of another type, which stays an error. */
  alreadyExistWithType: "already exist with type",
  notExist: "not exist",
  timeout: "timeout",
  authorizationViolation: "Authorization Violation",
  upgradeYourPlan: "upgrade your plan",
  schemaValidationFailed: "Schema validation has failed",
  consumerNotFound: "consumer not found",
  streamNotFound: "stream not found",
} as const;

/**
 * The parts of error texts that Memphis SDKs look for, which makes them protocol: a bridge has to say them, a client may trust them.
 * Case matters, except for `timeout`.
 * @see memphis-protocol.md section 2 and section 1.4
 */
export const REPLY_TEXT: typeof replyText = Object.freeze(replyText);

/** True for a schema or station that is there already: success for the creator, retry for who lost an auto-creation race. */
export function isAlreadyExists(text: string): boolean {
  return text.includes(REPLY_TEXT.alreadyExists);
}

/** As `isAlreadyExists` by the wider rule of memphis.go and memphis.py; for answers to station creation only. */
export function isStationAlreadyExists(text: string): boolean {
  return text.includes(REPLY_TEXT.alreadyExist);
}

/** True when a schema's name is taken by a schema of another type. */
export function isSchemaTypeClash(text: string): boolean {
  return text.includes(REPLY_TEXT.alreadyExistWithType);
}

/** True when what is to be destroyed is gone already: success for the destroyer. */
export function isNotExist(text: string): boolean {
  return text.includes(REPLY_TEXT.notExist);
}

/** True when SDKs send the request again at once; in any case of letters. */
export function isTimeout(text: string): boolean {
  return text.toLowerCase().includes(REPLY_TEXT.timeout);
}

/** True when a refused login is worth one more try under the bare username. */
export function isAuthorizationViolation(text: string): boolean {
  return text.includes(REPLY_TEXT.authorizationViolation) && !text.includes(REPLY_TEXT.upgradeYourPlan);
}

/** True for a message that its schema refused: it goes to the dead-letter store. */
export function isSchemaValidationFailure(text: string): boolean {
  return text.includes(REPLY_TEXT.schemaValidationFailed);
}

/** True when a consumer's ping shows that its durable or stream is gone. */
export function isConsumerGone(text: string): boolean {
  return text.includes(REPLY_TEXT.consumerNotFound) || text.includes(REPLY_TEXT.streamNotFound);
}
