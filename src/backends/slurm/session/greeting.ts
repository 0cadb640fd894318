import type { Duplex } from "node:stream";

const most = 300;

/**
 * What a host says before it is an SSH server, or instead: `Not allowed at this time`, `Exceeded MaxStartups`. It may close at once behind that, and
 * the SSH client tells nothing of it.
 */
export class Greeting {
  #text = "";

  /** Call it before anybody else listens; what comes is for them as well. */
  constructor(stream: Duplex) {
    const listen = (chunk: Buffer): void => {
      this.#text += chunk.toString("latin1").slice(0, most);
      if (this.#text.length >= most || this.#text.includes("SSH-")) stream.off("data", listen);
    };
    stream.on("data", listen);
  }

  /** Empty where it introduced itself as SSH at once. */
  get text(): string {
    const [before = ""] = this.#text.split(/^SSH-/mu);
    return before
      .replaceAll(/[^\P{C}\n]/gu, "")
      .trim()
      .split("\n")
      .join("; ")
      .slice(0, most);
  }
}
