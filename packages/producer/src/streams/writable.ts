import { Writable } from "node:stream";
import { toStationkitError } from "@stationkit/core-protocol";
import type { ProduceInput } from "../producer.js";
import type { Produce } from "./produce-many.js";
import { toRequest } from "./produce-input.js";

/**
 * Makes a stream of a producer. A write is done when its message is admitted, so the window is the back-pressure; the end
 * waits for all acknowledgements. The first message that fails destroys the stream with its error.
 */
export function createWritable<T>(produce: Produce<T>): Writable {
  let open = 0;
  let onEmpty: (() => void) | undefined;

  const settled = (): void => {
    if (--open === 0) onEmpty?.();
  };
  const stream = new Writable({
    objectMode: true,
    write(input: ProduceInput<T>, _encoding, done) {
      const refuse = (error: unknown): void => {
        done(toStationkitError(error));
      };
      try {
        produce(toRequest(input)).then(({ acknowledged }) => {
          open++;
          void acknowledged.then(settled, (error: unknown) => {
            stream.destroy(toStationkitError(error));
            settled();
          });
          done();
        }, refuse);
      } catch (error) {
        refuse(error);
      }
    },
    final(done) {
      if (open === 0) done();
      else onEmpty = done;
    },
  });
  return stream;
}
