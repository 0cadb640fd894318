import type { Span } from "./shapes.ts";

/** A shorter one would take innocent words out of every line; where it is assigned to its name it is masked all the same. */
const shortest = 6;

/** The secrets in every form that is looked for, longest first; what is too short to be looked for is left out. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets
    .flatMap((secret) => [secret, secret.trim()])
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, base64Of(secret), encodeURIComponent(secret.toWellFormed())]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

const base64Of = (text: string): string => Buffer.from(text).toString("base64").replace(/=+$/u, "");

export function knownSpans(text: string, forms: readonly string[]): Span[] {
  return forms.flatMap((form) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1))
      spans.push({ start: at, end: at + form.length });
    return spans;
  });
}

/** What is left of a secret of which a window has cut off the beginning, or that is not written to its end yet. */
export function cutSpans(text: string, forms: readonly string[], { isCut }: { isCut: boolean }): Span[] {
  return forms.flatMap((form) => {
    const lengths = Array.from(
      { length: Math.max(form.length - shortest, 0) },
      (_, index) => form.length - 1 - index,
    );
    const head = !isCut ? undefined : lengths.find((length) => text.startsWith(form.slice(-length)));
    const tail = lengths.find((length) => text.endsWith(form.slice(0, length)));
    return [
      ...(head === undefined ? [] : [{ start: 0, end: head }]),
      ...(tail === undefined ? [] : [{ start: text.length - tail, end: text.length }]),
    ];
  });
}
