import { cutSpans, formsOf, knownSpans } from "./known.ts";
import { shapedSpans, type Span } from "./shapes.ts";

/** Of no alphabet that secrets are written in, so that masking never makes a new one. */
export const mask = "***";

/** Text with nothing in it that is known, or looks, like a secret. Masked again, it stays as it is. */
export function maskSecrets(text: string, secrets: readonly string[] = []): string {
  return settle(text, (now) => masked(now, spansIn(now, formsOf(secrets)), 0));
}

export interface EndOfText {
  /** More than is shown, so that a secret that begins before what is shown is recognised. */
  readonly text: string;
  /** Whether `text` begins in the middle of what it was taken from. */
  readonly isCut: boolean;
  readonly mostBytes: number;
}

/** The last `mostBytes` bytes of UTF-8 at most, masked. What is cut by the beginning is masked, too. */
export function maskEnd({ text, isCut, mostBytes }: EndOfText, secrets: readonly string[] = []): string {
  const forms = formsOf(secrets);
  const spans = [
    ...spansIn(text, forms),
    ...cutSpans(text, forms, { isCut }),
    ...(isCut ? cutKey(text) : []),
  ];
  const shown = lastBytes(masked(text, spans, text.length - lastBytes(text, mostBytes).length), mostBytes);
  return settle(shown, (now) => lastBytes(masked(now, spansIn(now, forms), 0), mostBytes));
}

const spansIn = (text: string, forms: readonly string[]): Span[] => [
  ...knownSpans(text, forms),
  ...shapedSpans(text),
];

/** A private key of which only the end is there. */
function cutKey(text: string): Span[] {
  const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/u.exec(text)?.index ?? -1;
  const begin = text.indexOf("-----BEGIN ");
  return end < 0 || (begin >= 0 && begin < end) ? [] : [{ start: 0, end }];
}

/** Each round masks something that was not masked; text that needs more of them than any log does is not shown at all. */
const mostRounds = 16;

function settle(text: string, round: (text: string) => string): string {
  let now = text;
  for (let count = 0; count < mostRounds; count += 1) {
    const next = round(now);
    if (next === now) return now;
    now = next;
  }
  return mask;
}

/** What begins at `from`, with each span that reaches into it replaced. What is masked already stays as it is. */
function masked(text: string, spans: readonly Span[], from: number): string {
  let result = "";
  let at = from;
  for (const { start, end } of merged(spans)) {
    if (end <= at || /^\**$/u.test(text.slice(start, end))) continue;
    result += `${text.slice(at, Math.max(at, start))}${mask}`;
    at = end;
  }
  return result + text.slice(at);
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last === undefined || last.end < span.start) result.push(span);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return result;
}

/** At most so many bytes of UTF-8 from the end, no half character. */
function lastBytes(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= most) return text;
  let start = bytes.length - most;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start));
}
