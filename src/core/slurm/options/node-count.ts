const amount = String.raw`\s*\+?\d+[kK]?[mM]?\s*`;
const range = new RegExp(`^(?<min>${amount}|\\s*)(?:-(?<max>${amount}))?$`, "u");
const list = /^\d+(?:-\d+)?(?::\d+)?(?:[,:]\d+(?:-\d+)?(?::\d+)?)*$/u;
const largestInteger = 2_147_483_646;

/**
 * Whether `--nodes` takes the text: N, MIN-MAX or -MAX, with k (1024) and m (1024 * 1024) as units; releases after 22.05 also take a list of sizes with commas and steps.
 * Source: sbatch(1); measured on 22.05 and 24.11.
 */
export function isNodeCount(text: string, takesList: boolean): boolean {
  if (takesList && /[,:]/u.test(text)) return list.test(text);
  const found = range.exec(text)?.groups;
  if (found === undefined || (found["max"] === undefined && found["min"]?.trim() === "")) return false;
  const least = nodes(found["min"] ?? "") ?? 1;
  const most = nodes(found["max"] ?? "") ?? least;
  return least <= most && most <= largestInteger;
}

function nodes(text: string): number | undefined {
  const digits = /\d+/u.exec(text)?.[0];
  if (digits === undefined) return undefined;
  return Number(digits) * (/k/iu.test(text) ? 1024 : 1) * (/m/iu.test(text) ? 1024 * 1024 : 1);
}
