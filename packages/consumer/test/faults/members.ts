import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { MemberMessage, MemberOrder } from "./member-order.js";

/** What members of a pool have in common. */
export type PoolOrder = Pick<MemberOrder, "servers"> & Partial<Pick<MemberOrder, "handlerMs" | "measures" | "poison">>;

/** One member in a process of its own. */
export class Member {
  readonly group: string;
  readonly messages: MemberMessage[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(program: string, order: MemberOrder) {
    this.group = order.options.consumerGroup ?? "";
    this.#process = fork(program, [JSON.stringify(order)], { execArgv: ["--unhandled-rejections=strict"] });
    this.#ended = once(this.#process, "exit");
    this.#process.on("message", (message) => this.messages.push(message as MemberMessage));
  }

  get isReady(): boolean {
    return this.messages.some(({ type }) => type === "ready");
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Resolves when it has ended, by itself too. @returns by which signal; null for none. */
  async ended(): Promise<NodeJS.Signals | null> {
    await this.#ended;
    return this.#process.signalCode;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** Closes its consumer and ends. @throws {Error} when it ends otherwise. */
  async leave(): Promise<void> {
    this.#process.send("leave");
    await this.#ended;
    if (this.#process.exitCode !== 0) throw new Error(`a member left with ${String(this.#process.exitCode)}`);
  }
}

/** The members of all groups of a scenario. */
export class Members implements AsyncDisposable {
  readonly #program: string;
  readonly #common: PoolOrder;
  readonly #all = new Set<Member>();
  #count = 0;

  constructor(program: string, common: PoolOrder) {
    this.#program = program;
    this.#common = common;
  }

  /** Those that were neither killed nor told to leave. */
  get present(): readonly Member[] {
    return [...this.#all];
  }

  start(options: Omit<MemberOrder["options"], "consumerName">, diary: string): Member {
    const order = {
      ...{ handlerMs: 0, measures: false, poison: [], ...this.#common, diary },
      options: { ...options, consumerName: `m${++this.#count}` },
    };
    const member = new Member(this.#program, order);
    this.#all.add(member);
    return member;
  }

  async kill(member: Member): Promise<void> {
    this.#all.delete(member);
    await member.kill();
  }

  async leave(member: Member): Promise<void> {
    this.#all.delete(member);
    await member.leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.present.map((member) => this.kill(member)));
  }
}
