import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** How a program ended: its exit code (null when a signal ended it) and all it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Given to the program's standard input; nothing when absent. */
  readonly stdin?: string;
  /** Milliseconds after which the program is killed and the call rejects. Default 60,000. */
  readonly within?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. A failing program is an outcome, not an error; not ending in time is an error. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const { stdin = "", within = 60_000, signal, env } = options;
  const limit = AbortSignal.timeout(within);
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    killSignal: "SIGKILL",
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("error", (cause) => {
    const why = limit.aborted ? `did not end within ${within} ms` : "did not run";
    reject(new Error(`${program} ${args.join(" ")} ${why}`, { cause }));
  });
  child.on("exit", resolve);
  // A program may end without reading its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a program that must succeed, and returns what it printed. */
export async function commandOutput(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}
