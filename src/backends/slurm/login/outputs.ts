/** A `name=value` that a script left. */
export interface Output {
  readonly name: string;
  readonly value: string;
}

export const outputLimits = { names: 64, valueBytes: 4096 } as const;

const form = /^(?<name>[A-Za-z_][\w.-]{0,127})=(?<value>[^]*)$/u;

/**
 * Reads `$JOB_OUTPUTS` (a line each) or the captured `OUT_*` (a NUL behind each) of one run: order of first appearance, the last of a name wins.
 * What is no `name=value` is left out; `cut` says what else was.
 */
export function readOutputs(
  bytes: Buffer,
  separator: "\n" | "\0",
): { outputs: readonly Output[]; cut: readonly string[] } {
  const found = new Map<string, string>();
  const cut = new Set<string>();
  for (const record of bytes.toString("utf8").split(separator)) {
    const { name, value } = form.exec(record)?.groups ?? {};
    if (name === undefined || value === undefined) continue;
    if (!found.has(name) && found.size >= outputLimits.names)
      cut.add(`${name}: more than ${outputLimits.names} outputs`);
    else found.set(name, value);
  }
  const outputs = [...found].map(([name, value]) => {
    const short = shorten(value);
    if (short !== value) cut.add(`${name}: more than ${outputLimits.valueBytes} bytes`);
    return { name, value: short };
  });
  return { outputs, cut: [...cut].slice(0, 8) };
}

/** At most so many bytes of UTF-8, no half character at the end. */
function shorten(value: string): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= outputLimits.valueBytes) return value;
  return new TextDecoder().decode(bytes.subarray(0, outputLimits.valueBytes), { stream: true });
}
