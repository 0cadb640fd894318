import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { packArchive } from "../../../../../src/backends/slurm/wrapper/archive.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "archive-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("the real tar unpacks what was packed: bytes, modes, long and foreign names", () => {
  const long = `a/${"x".repeat(120)}/${"ü".repeat(60)}.dat`;
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const files = [
    { path: "a/empty", mode: 0o400, content: Buffer.alloc(0) },
    { path: "a/bytes", mode: 0o500, content: every },
    { path: "a/block", mode: 0o640, content: Buffer.alloc(512, 7) },
    { path: long, mode: 0o400, content: Buffer.from("deep") },
  ];
  const archive = packArchive([
    { path: "a", mode: 0o700 },
    { path: `a/${"x".repeat(120)}`, mode: 0o700 },
    ...files,
  ]);
  execFileSync("tar", ["-xmzpf", "-", "-C", folder], { input: archive });
  for (const { path, mode, content } of files) {
    const at = join(folder, path);
    expect([path, statSync(at).mode & 0o7777, readFileSync(at)]).toEqual([path, mode, content]);
  }
});
