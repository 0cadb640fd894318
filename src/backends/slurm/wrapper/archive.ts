import { gzipSync } from "node:zlib";

/** A file of the archive; an entry without content is a directory. */
export interface ArchiveEntry {
  readonly path: string;
  readonly mode: number;
  readonly content?: Uint8Array;
}

const block = 512;
const mostNameBytes = 100;

/** A tar file (ustar, GNU long names), gzipped: what every tar(1) of the last thirty years reads. It holds no times (`tar -m`). */
export function packArchive(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const isDirectory = entry.content === undefined;
    const name = Buffer.from(isDirectory ? `${entry.path}/` : entry.path);
    if (name.length > mostNameBytes)
      parts.push(
        ...member("././@LongLink", {
          type: "L",
          mode: 0,
          content: Buffer.concat([name, Buffer.alloc(1)]),
        }),
      );
    parts.push(
      ...member(name.subarray(0, mostNameBytes), {
        type: isDirectory ? "5" : "0",
        mode: entry.mode,
        content: entry.content ?? new Uint8Array(),
      }),
    );
  }
  parts.push(Buffer.alloc(2 * block));
  return gzipSync(Buffer.concat(parts), { level: 6 });
}

function member(
  name: Buffer | string,
  fields: { type: "0" | "5" | "L"; mode: number; content: Uint8Array },
): readonly Buffer[] {
  const { type, mode, content } = fields;
  const header = Buffer.alloc(block);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(typeof name === "string" ? name : name.toString("latin1"), 0, "latin1");
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, Buffer.from(content), Buffer.alloc((block - (content.length % block)) % block)];
}
