/** How a process ended. `code` is 0 where a signal ended it, as Slurm writes it (`0:15`). */
export interface Exit {
  readonly code: number;
  readonly signal: number;
}

/**
 * Slurm's raw wait status, as squeue's `exit_code` shows it: 512 is exit code 2, 15 is signal 15, 253 is 0:125 (out of memory; the
 * core-dump bit is set), 4021 is 0:53 (the job could not be started).
 */
export function exitFromWaitStatus(status: number): Exit {
  const signal = status % 128;
  return signal === 0 ? { code: Math.floor(status / 256) % 256, signal: 0 } : { code: 0, signal };
}

/** Slurm marks OUT_OF_MEMORY as 0:125 and a job that could not be started as 0:53; neither is a signal that anybody sent. */
export const isSignal = (signal: number): boolean => signal <= 64 && signal !== 53;

/** `code:signal` of sacct and scontrol; undefined for another text. */
export function exitFromPair(text: string): Exit | undefined {
  const match = /^(\d{1,3}):(\d{1,3})$/u.exec(text);
  if (match === null) return undefined;
  return { code: Number(match[1]), signal: Number(match[2]) };
}
