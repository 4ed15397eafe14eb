/** The error that a promise is rejected with; throws when it is not, or not with an error. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the promise was expected to be rejected with an error");
}
