import type { Token } from "../../../core/slurm/token.ts";
import type { Place } from "../backend.ts";

/**
 * Where a token's directory is for one login: `<workDirectory>/<install>/<token>`, `%u` in workDirectory being the login's user.
 * @throws RangeError for a workDirectory that is not an absolute path
 */
export function placeOf(parts: {
  workDirectory: string;
  install: string;
  user: string;
  token: Token;
}): Place {
  return { token: parts.token, directory: `${installDirectory(parts)}/${parts.token}` };
}

/** What `placeOf` puts the tokens in; squeue's Command begins with it. */
export function installDirectory(parts: { workDirectory: string; install: string; user: string }): string {
  const { workDirectory, install, user } = parts;
  if (!workDirectory.startsWith("/") || /[\0\n]/u.test(workDirectory))
    throw new RangeError(`workDirectory must be an absolute path: ${JSON.stringify(workDirectory)}`);
  return `${workDirectory.replaceAll("%u", user).replace(/\/+$/u, "")}/${install}`;
}

/** @throws RangeError when the directory is not the token's own: a programming error */
export function installOf(place: Place): string {
  const cut = place.directory.lastIndexOf("/");
  if (cut < 1 || place.directory.slice(cut + 1) !== place.token)
    throw new RangeError(`the directory of token ${place.token} cannot be ${place.directory}`);
  return place.directory.slice(0, cut);
}
