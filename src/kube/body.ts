import type { Readable } from "node:stream";
import { UnreadableError } from "./errors.ts";

/** The whole body as text; an answer beyond `largest` bytes is a fault on the other side, not something to hold in memory. */
export async function readText(body: Readable, largest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a body is read as buffers");
    size += chunk.length;
    if (size > largest) throw new Error(`the answer is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString("utf8");
}

export function parseJson(text: string, request: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableError(`the answer is no JSON: ${text.slice(0, 200)}`, { request, cause: error });
  }
}
