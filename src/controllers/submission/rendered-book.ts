import type { RenderedScript } from "../../core/jobscript/rendered-script.ts";

const mostBytes = 32 * 1024 * 1024;

/**
 * Rendered scripts that were read lately, the least used going first: a thousand submissions of one script read its files once.
 * Never stale: the ConfigMap is immutable, and the digest in the key is of the content.
 */
export class RenderedBook {
  readonly #pages = new Map<string, RenderedScript>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(most = mostBytes) {
    this.#mostBytes = most;
  }

  get(key: string): RenderedScript | undefined {
    const script = this.#pages.get(key);
    if (script === undefined) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, script);
    return script;
  }

  set(key: string, script: RenderedScript): void {
    this.#drop(key);
    this.#pages.set(key, script);
    this.#bytes += sizeOf(script);
    for (const oldest of this.#pages.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const script = this.#pages.get(key);
    if (script === undefined) return;
    this.#pages.delete(key);
    this.#bytes -= sizeOf(script);
  }
}

/** Text counts twice, as strings may take two bytes a character; the rest of a script is bounded by its CRD. */
const sizeOf = ({ entrypoint, supportFiles }: RenderedScript): number =>
  4096 + 2 * entrypoint.text.length + supportFiles.reduce((sum, { base64 }) => sum + base64.length, 0);
