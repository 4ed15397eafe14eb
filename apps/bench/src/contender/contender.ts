/** What a contender is given: a station that exists. It is empty, with something to send to it; or filled, for those that read. */
export interface Arena {
  /** URL of the server to connect to; in a cluster the one that leads partition 1. */
  readonly server: string;
  /** Name of the station; its partition `p` is the stream `<station>$<p>`, produced to `<station>$<p>.final`. */
  readonly station: string;
  /** Partitions of the station. */
  readonly partitions: number;
  /** The same bytes for every message. */
  readonly payload: Uint8Array;
  /** Messages that the station holds now, over all partitions; for contenders that get no acknowledgements. */
  readonly stored: () => Promise<number>;
}

/** A contender that sends, at work. */
export interface Session extends AsyncDisposable {
  /**
   * Sends messages as fast as it can, and resolves when all are acknowledged; without acknowledgements, when the station holds them.
   * @param window - one of the contender's `windows`; without meaning to a contender that has none.
   */
  run(count: number, window: number): Promise<void>;
  /** Starts the next `messagesPerSend` messages and resolves with their acknowledgement. Missing: nobody is told of one. */
  send?(): Promise<unknown>;
  /** Messages of one `send`; default 1. */
  readonly messagesPerSend?: number;
}

/** One way to put messages into a station, or to read them. @typeParam Work - what it is once it is open. */
export interface Contender<Work extends AsyncDisposable = Session> {
  /** What `--only` takes. */
  readonly name: string;
  /** What tables and charts say. */
  readonly title: string;
  readonly kind: "stationkit" | "peer" | "ceiling";
  /** How it is set up, for the report. */
  readonly settings: string;
  /** True when each message waits for the acknowledgement of the one before. */
  readonly sequential: boolean;
  /** What its window counts, and the sizes to try; missing where there is nothing to choose. */
  readonly window?: { readonly meaning: string; readonly candidates: readonly number[] };
  /** It talks to a Memphis broker: something must answer the control plane. */
  readonly needsControlPlane?: boolean;
  /** False where the installed packages or the server do not have it yet. Missing: it is always there. */
  isAvailable?(arena: Pick<Arena, "server" | "station">): Promise<boolean>;
  open(arena: Arena): Promise<Work>;
}

/** For contenders that publish with one promise per message. */
export const PUBLISH_WINDOW: Contender["window"] & object = {
  meaning: "unacknowledged messages",
  candidates: [64, 256, 512, 1_000, 4_000],
};
