/**
 * The command that runs `text` by its `#!` line, as the kernel reads it: the path, and all the rest as one argument. undefined without `#!`.
 * Source: execve(2), "Interpreter scripts".
 */
export function interpreterOf(text: string): readonly string[] | undefined {
  const line = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/u.exec(text);
  const path = line?.[1];
  if (path === undefined) return undefined;
  const argument = (line?.[2] ?? "").replace(/[ \t]+$/u, "");
  return argument === "" ? [path] : [path, argument];
}

/** Whether a script run by this command reads `BASH_ENV`: bash under its own name, also by way of env(1). */
export function isBash(interpreter: readonly string[]): boolean {
  const [path = "", ...rest] = interpreter;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name === "bash" || (name === "env" && /(?:^|[\s/])bash(?:\s|$)/u.test(rest.join(" ")));
}
