/** A stored object is at most 1.5 MiB (etcd); JSON escapes can make it some times larger. More is a fault on the other side. */
const longestLineBytes = 32 * 1024 * 1024;

/** Splits a byte stream at line feeds. An unfinished last line is dropped: the sender was cut within it. */
export async function* splitLines(chunks: AsyncIterable<unknown>): AsyncGenerator<string, void, void> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream is read as buffers");
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      // Decoded only when whole: a character may lie across two chunks.
      const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      if (line.length > 0) yield line.toString("utf8");
      parts = [];
      size = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      const rest = chunk.subarray(start);
      size += rest.length;
      if (size > longestLineBytes) throw new Error(`a line is longer than ${longestLineBytes} bytes`);
      parts.push(rest);
    }
  }
}
