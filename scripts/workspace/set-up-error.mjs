/** Setting up the workspace failed: what, what the tool said, and how to go on. */
export class SetUpError extends Error {
  /**
   * @param {string} what
   * @param {string} output - everything that the failing tool printed
   * @param {string[]} howToGoOn
   */
  constructor(what, output, howToGoOn) {
    super(what);
    this.output = output;
    this.howToGoOn = howToGoOn;
  }
}
