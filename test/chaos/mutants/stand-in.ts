import type { Play } from "./play.ts";

/**
 * Has a login find another program before the real one, which is in /usr/bin, until it is taken away.
 * @param lines POSIX sh
 */
export async function standIn(play: Play, program: string, lines: string): Promise<AsyncDisposable> {
  const file = `/usr/local/bin/${program}`;
  const base64 = Buffer.from(`#!/bin/sh\n${lines}\n`).toString("base64");
  await play.run(
    "root",
    `echo ${base64} | base64 -d >${file}.new && chmod 755 ${file}.new && mv ${file}.new ${file}`,
  );
  return { [Symbol.asyncDispose]: async () => void (await play.run("root", `rm -f ${file}`)) };
}
