import { type Play, pollsFor } from "./play.ts";
import { standIn } from "./stand-in.ts";

/** A batch on the login that is about to take its lock, and does not get on until it is let go. */
export interface HeldBatch extends AsyncDisposable {
  /** Waits until there is one. */
  caught(): Promise<void>;
  letGo(): Promise<void>;
}

/** Holds the next batch of puts or fences: flock(1) keeps it waiting. A check of the directory waits for one second at most, and is not meant. */
export async function holdNextBatch(play: Play, what: string): Promise<HeldBatch> {
  const folder = play.path(what);
  const stand = await standIn(
    play,
    "flock",
    `if [ "$2" != 1 ] && mkdir ${folder} 2>/dev/null; then
  for try in ${pollsFor}; do [ ! -e ${folder}/go ] || break; sleep 0.1; done
fi
exec /usr/bin/flock "$@"`,
  );
  const letGo = async (): Promise<void> =>
    void (await play.run("root", `mkdir -p ${folder} && touch ${folder}/go`));
  return {
    caught: async () => play.waitFor(`[ -e ${folder} ]`),
    letGo,
    async [Symbol.asyncDispose]() {
      await letGo();
      await stand[Symbol.asyncDispose]();
    },
  };
}
