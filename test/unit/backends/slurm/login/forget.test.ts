import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DatedPlace } from "../../../../../src/backends/slurm/backend.ts";
import { openSlurmLogin } from "../../../../../src/backends/slurm/login/login.ts";
import type { Session } from "../../../../../src/backends/slurm/session/session.ts";
import { SlurmUnreachable } from "../../../../../src/backends/slurm/session/unreachable.ts";
import { shardOf } from "../../../../../src/backends/slurm/wrapper/script.ts";
import { instant } from "../../../../../src/core/instant.ts";
import { tokenOf } from "../../../../../src/core/slurm/token.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/forget-`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Directories of closed tokens, in the order of their names. */
const closed = (count: number): readonly DatedPlace[] =>
  Array.from({ length: count }, (_, index) => {
    const uid = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const token = tokenOf({ install: "it", uid, index: 1 });
    const directory = `${root}/it/${token}`;
    mkdirSync(`${directory}/marks/closed`, { recursive: true });
    return { token, directory, deadline: instant(0), cluster: "c1" };
  });

/** Runs what it is sent in a shell of this machine; `lose` says what becomes of the nth command's answer. */
function loginOf(lose: (nth: number, stdout: () => string) => string) {
  let nth = 0;
  const run: Session["run"] = async ({ stdin }) => {
    nth += 1;
    const stdout = lose(nth, () => spawnSync("sh", ["-s"], { input: stdin, encoding: "utf8" }).stdout);
    return Promise.resolve({ code: 0, signal: undefined, stdout, stderr: "" });
  };
  return openSlurmLogin({ session: { run } as Session });
}
const call = { signal: new AbortController().signal };
const gone = { is: "forgotten" };

test("when the connection is lost after directories are gone, the answers that came count, and the rest is unclear", async () => {
  const places = closed(40).filter(({ token }) => shardOf(token) === 0);
  const login = loginOf((_, stdout) => {
    const lines = stdout()
      .split("\n")
      .filter((line) => line !== "");
    const received = lines.slice(0, 3).join("\n");
    throw new SlurmUnreachable("ConnectionLost", "connection lost", { mayHaveRun: true, received });
  });
  const answers = [...(await login.forget(places, call)).values()];
  // The third line was cut.
  expect(answers).toEqual([
    gone,
    gone,
    ...places.slice(2).map(() => ({ is: "unclear", text: "connection lost" })),
  ]);
  expect(places.filter(({ directory }) => existsSync(directory))).toEqual([]);
});

test("a shard whose command never started is certainly kept, and takes nothing from the others", async () => {
  const places = closed(40);
  const login = loginOf((nth, stdout) => {
    if (nth === 2) throw new SlurmUnreachable("HostUnreachable", "no route to host");
    return stdout();
  });
  const answers = await login.forget(places, call);
  const kept = places.filter(({ token }) => answers.get(token)?.is !== "forgotten");
  expect(kept.map(({ token }) => answers.get(token))).toEqual(
    kept.map(() => ({ is: "notSent", text: "no route to host" })),
  );
  expect(new Set(kept.map(({ token }) => shardOf(token))).size).toBe(1);
  expect(places.filter(({ directory }) => existsSync(directory))).toEqual(kept);
});
