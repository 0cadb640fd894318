import { on, type Play } from "./play.ts";
import { takeId } from "./slurm-memory.ts";

/** A job of the same login that is none of ours. */
export interface Stranger {
  /** Lets it come to its end, and complains where it does not. */
  finish(): Promise<void>;
}

/** Starts it, under an id that has become free. */
export async function strangerAs(play: Play, jobId: number): Promise<Stranger> {
  const [gate, ended] = [play.path("stranger-gate"), play.path("stranger-ended")];
  // None of the jobs that the operator has to see to.
  play.scene.sentTwice.add(`${on} ${jobId}`);
  await takeId(play, jobId, "alice", `--wrap "until [ -e ${gate} ]; do sleep 0.2; done; touch ${ended}"`);
  return {
    async finish() {
      await play.run("root", `touch ${gate}`);
      await play.waitFor(`[ -z "$(squeue -h -j ${jobId} -t PD,CF,R,CG -o %A 2>/dev/null)" ]`);
      const isWhole = await play.run("root", `[ -e ${ended} ] && echo yes || true`);
      if (isWhole !== "yes")
        play.complaints.push(`job ${jobId}, which is somebody else's, did not come to its end`);
    },
  };
}
