import type { Readable } from "node:stream";
import type { Logger } from "pino";
import { orAborted } from "./abort.ts";
import { parseJson, readText } from "./body.ts";
import { connectionFailure, isUntrusted } from "./connection-failure.ts";
import { Deadline } from "./deadline.ts";
import { AbortedError, type KubeFailure, UnauthorizedError, UnreadableError } from "./errors.ts";
import type { KubeMetrics } from "./metrics.ts";
import { type Idempotence, retryDelay } from "./retry.ts";
import { failureOf } from "./status.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Limit for the whole call, tries and waits included. */
  readonly timeoutMs?: number;
  /** Tries at most; 1 for callers that have a backoff of their own. */
  readonly tries?: number;
}

export interface Call {
  readonly limits: CallOptions | undefined;
  /** Kubernetes' verb, for messages and metrics: get, list, create, patch... */
  readonly verb: string;
  readonly method: HttpRequest["method"];
  readonly path: string;
  /** What the call is about, for messages: `configmaps default/settings`. */
  readonly target: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly idempotence: Idempotence;
  /** When the caller sets no limit. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 15_000;
const defaultTries = 4;
/** A page of 500 large objects stays far below; more is a fault on the other side. */
const largestAnswerBytes = 256 * 1024 * 1024;
const largestErrorBytes = 1024 * 1024;

/** Does one call at a time limit: sends, reads, retries what is safe to retry, and turns every failure into a KubeFailure. */
export class Caller {
  readonly #transport: Transport;
  readonly #metrics: KubeMetrics;
  readonly #logger: Logger;
  readonly #closing: AbortSignal;
  /** `Date` of the last answer, and when it came. */
  #dated: { readonly ms: number; readonly at: number } | undefined;

  constructor(options: { transport: Transport; metrics: KubeMetrics; logger: Logger; closing: AbortSignal }) {
    this.#transport = options.transport;
    this.#metrics = options.metrics;
    this.#logger = options.logger;
    this.#closing = options.closing;
  }

  /** The parsed JSON body of a 2xx answer. @throws KubeFailure */
  async call(call: Call): Promise<unknown> {
    const request = `${call.verb} ${call.target}`;
    using deadline = new Deadline({
      timeoutMs: call.limits?.timeoutMs ?? call.timeoutMs ?? defaultTimeoutMs,
      signals: [call.limits?.signal, this.#closing],
    });
    const most = call.limits?.tries ?? defaultTries;
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(call, request, deadline);
      if (outcome.is === "answer") return outcome.body;
      const { failure } = outcome;
      const delay =
        tries < most ? await this.#delayBeforeNext({ call, failure, tries, deadline }) : undefined;
      if (delay === undefined || delay >= deadline.leftMs) throw failure;
      this.#logger.debug({ request, tries, delay, err: failure }, "call to the API server is tried again");
      await deadline.sleep(delay, request);
    }
  }

  /** Opens a stream; the caller reads `body` to its end or destroys it, and disposes the deadline. @throws KubeFailure */
  async open(call: Call, deadline: Deadline): Promise<Readable> {
    const request = `${call.verb} ${call.target}`;
    const sent = await this.#send(call, request, deadline);
    if (sent.is === "failed") {
      if (sent.failure.is === "Unauthorized") await this.#renew(deadline);
      throw sent.failure;
    }
    return sent.answer.body;
  }

  /** The API server's clock, as its last answer told it: milliseconds since the epoch, at most a second behind. */
  get serverTime(): number | undefined {
    return this.#dated && this.#dated.ms + (performance.now() - this.#dated.at);
  }

  get closing(): AbortSignal {
    return this.#closing;
  }

  /** Milliseconds; undefined when the failure is to be reported. New credentials are worth one immediate try. */
  async #delayBeforeNext(after: {
    readonly call: Call;
    readonly failure: KubeFailure;
    readonly tries: number;
    readonly deadline: Deadline;
  }): Promise<number | undefined> {
    const { call, failure, tries, deadline } = after;
    if (failure.is === "Unauthorized") return tries === 1 && (await this.#renew(deadline)) ? 0 : undefined;
    return retryDelay({ failure, idempotence: call.idempotence, tries, random: Math.random() });
  }

  async #try(call: Call, request: string, deadline: Deadline): Promise<Outcome> {
    const sent = await this.#send(call, request, deadline);
    if (sent.is === "failed") return sent;
    try {
      const text = await readText(sent.answer.body, largestAnswerBytes);
      return { is: "answer", body: parseJson(text, request) };
    } catch (error) {
      return { is: "failed", failure: this.#failure(error, request, deadline) };
    }
  }

  /** Sends once; an answer that is not 2xx is a failure, its body read. */
  async #send(call: Call, request: string, deadline: Deadline): Promise<Sent> {
    const started = performance.now();
    let code = "<error>";
    try {
      const answer = await this.#transport.send(httpRequest(call, deadline.signal));
      code = String(answer.statusCode);
      this.#noteTime(answer.headers["date"]);
      if (answer.statusCode >= 200 && answer.statusCode < 300) return { is: "answer", answer };
      const body = await readText(answer.body, largestErrorBytes);
      const retryAfter = answer.headers["retry-after"];
      const failure = failureOf({
        request,
        status: answer.statusCode,
        body,
        retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      });
      return { is: "failed", failure };
    } catch (error) {
      if (isUntrusted(error)) await this.#renew(deadline);
      return { is: "failed", failure: this.#failure(error, request, deadline) };
    } finally {
      this.#metrics.requestFinished({
        verb: call.verb,
        method: call.method,
        code,
        host: new URL(this.#transport.server ?? "https://unknown").host,
        seconds: (performance.now() - started) / 1000,
      });
    }
  }

  #noteTime(date: string | string[] | undefined): void {
    const ms = typeof date === "string" ? Date.parse(date) : Number.NaN;
    if (!Number.isNaN(ms)) this.#dated = { ms, at: performance.now() };
  }

  #failure(error: unknown, request: string, deadline: Deadline): KubeFailure {
    if (error instanceof UnreadableError) return error;
    if (this.#closing.aborted) return new AbortedError("the client is closed", { request });
    const late = deadline.failure(request);
    if (late !== undefined) return late;
    if (this.#transport.server === undefined) {
      return new UnauthorizedError(`credentials could not be read: ${String(error)}`, {
        request,
        cause: error,
      });
    }
    return connectionFailure(request, error);
  }

  /** Reading credentials may run a program (exec plugins): the call's own limit holds for it too. */
  async #renew(deadline: Deadline): Promise<boolean> {
    try {
      await orAborted(this.#transport.renew(), deadline.signal);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error }, "credentials were not accepted and could not be read anew");
      return false;
    }
  }
}

type Outcome = { is: "answer"; body: unknown } | { is: "failed"; failure: KubeFailure };
type Sent = { is: "answer"; answer: HttpAnswer } | { is: "failed"; failure: KubeFailure };

function httpRequest(call: Call, signal: AbortSignal): HttpRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query)) {
    if (value !== undefined) query.set(name, value);
  }
  return {
    method: call.method,
    path: query.size === 0 ? call.path : `${call.path}?${query.toString()}`,
    headers: call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" },
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    signal,
  };
}
