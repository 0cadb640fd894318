import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Names under which secrets travel; censored wherever they stand in a log line, three levels deep. */
const secretNames = [
  "password",
  "passphrase",
  "token",
  "privateKey",
  "secret",
  "authorization",
  "credentials",
  "stringData",
  "cert",
  "key.pem",
];

/** Paths for pino's redaction: the name at the top and below one or two unknown parents. */
const redactedPaths = secretNames.flatMap((name) => {
  const path = name.includes(".") ? `["${name}"]` : name;
  const below = name.includes(".") ? path : `.${path}`;
  return [path, `*${below}`, `*.*${below}`];
});

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** stdout when absent. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON object a line: a constant message in `msg`, everything that varies in fields, so that logs can be counted and searched.
 * Times are RFC 3339; `level` is a word.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const settings = {
    level: options.level ?? "info",
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
    redact: { paths: redactedPaths, censor: "[redacted]" },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
