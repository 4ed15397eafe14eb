/** Something that the user can put right; its message is a whole explanation. */
export class JobError extends Error {
  static {
    this.prototype.name = "JobError";
  }
}
