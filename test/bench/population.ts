import { randomUUID } from "node:crypto";
import { chown, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { putStored } from "../lab/etcd.ts";
import type { Scene } from "./scene.ts";
import { onCluster } from "./slurm-side.ts";

/** A submission as the operator would have left it, and its job. */
export interface Inhabitant {
  readonly name: string;
  readonly uid: string;
  readonly token: string;
  readonly jobId: string;
}

const submitters = 4;
const submitWithin = 1_800_000;
const jobText = "#!/bin/sh\nexec sleep 3000\n";

const stored = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string() }),
  status: z.looseObject({
    jobId: z.string(),
    workingDirectory: z.string(),
    attempts: z.array(z.looseObject({ token: z.string(), jobId: z.string().optional() })).length(1),
  }),
});
type Stored = z.infer<typeof stored>;

/**
 * Live submissions past the operator: their jobs are handed to Slurm by plain loops, each from a directory that carries its token, and the objects are put
 * into etcd with the status that the sample has. The operator takes them for its own, as after a restart.
 */
export async function settle(scene: Scene, count: number): Promise<readonly Inhabitant[]> {
  const sample = await storedSample(scene);
  const places = Array.from({ length: count }, () => {
    const uid = randomUUID();
    const token = tokenOf(sample).replace(sample.metadata.uid, uid);
    return { name: `live-${uid}`, uid, token };
  });
  const ids = await submitJobs(
    scene,
    places.map(({ token }) => token),
  );
  const living = places.map((place) => ({ ...place, jobId: ids.get(place.token) ?? "" }));
  await putStored(
    scene.lab.kube,
    objectsOf(scene, living, (one) => withJob(sample, one)),
  );
  return living;
}

/** Submissions whose end is long stored: history that nobody watches. */
export async function bury(scene: Scene, count: number): Promise<void> {
  const sample = await storedSample(scene);
  const dead = function* (): Generator<Inhabitant> {
    for (let index = 0; index < count; index += 1) {
      const uid = randomUUID();
      yield {
        name: `done-${uid}`,
        uid,
        token: tokenOf(sample).replace(sample.metadata.uid, uid),
        jobId: String(index + 1),
      };
    }
  };
  await putStored(
    scene.lab.kube,
    objectsOf(scene, dead(), (one) => asDone(withJob(sample, one))),
  );
}

function* objectsOf(scene: Scene, those: Iterable<Inhabitant>, make: (one: Inhabitant) => object) {
  for (const one of those)
    yield [`batchwright.dev/jobsubmissions/${scene.stage.namespace}/${one.name}`, make(one)] as const;
}

async function storedSample({ stage }: Scene): Promise<Stored> {
  return stored.parse(JSON.parse(await stage.kubectl("get", "jobsubmission", "sample", "-o", "json")));
}

const tokenOf = ({ status }: Stored): string => status.attempts[0]?.token ?? "";

function withJob(sample: Stored, { name, uid, jobId }: Inhabitant): Stored {
  const { resourceVersion: _, ...metadata } = sample.metadata;
  const text = JSON.stringify({
    ...sample,
    metadata: { ...metadata, name },
    status: {
      ...sample.status,
      jobId,
      attempts: sample.status.attempts.map((attempt) => ({ ...attempt, jobId })),
    },
  });
  return stored.parse(JSON.parse(text.replaceAll(sample.metadata.uid, uid)));
}

const asDone = (live: Stored): object => ({
  ...live,
  metadata: { ...live.metadata, finalizers: [] },
  status: {
    ...live.status,
    phase: "Done",
    state: "COMPLETED",
    finished: "true",
    attempts: live.status.attempts.map((attempt) => ({ ...attempt, ended: "Finished" })),
  },
});

/** @returns the job's id for each token */
async function submitJobs(
  { lab, sample }: Scene,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { root, users } = lab.clusters.c1;
  const { uid } = users.alice;
  const directory = sample.status.workingDirectory ?? "";
  const install = directory.slice(0, directory.lastIndexOf("/"));
  const text = join(root, "/home/alice/bench-live.sh");
  await writeFile(text, jobText, { mode: 0o755 });
  for (const token of tokens) {
    const place = join(root, install, token);
    await mkdir(join(place, "marks"), { recursive: true });
    await link(text, join(place, "batch.sh"));
    await chown(place, uid, uid);
    await chown(join(place, "marks"), uid, uid);
  }
  const lists = Array.from({ length: submitters }, (_, index) =>
    tokens.filter((_token, place) => place % submitters === index),
  );
  const answers = await Promise.all(
    lists.map(async (list, index) => {
      const file = `/home/alice/bench-tokens-${index}`;
      await writeFile(join(root, file), list.map((token) => `${token}\n`).join(""));
      const put = `printf '%s ' "$token"; sbatch --parsable --hold --mem=20M --time=60 --chdir=/home/alice --output=/dev/null ${install}/"$token"/batch.sh`;
      const loop = `while read -r token; do ${put} || exit 1; done <${file} >${file}.ids`;
      await onCluster(lab, loop, { user: "alice", within: submitWithin });
      const ids = await readFile(join(root, `${file}.ids`), "utf8");
      await rm(join(root, `${file}.ids`));
      return ids;
    }),
  );
  const pairs = answers.flatMap((answer) => answer.trim().split("\n")).map((line) => line.split(" "));
  return new Map(pairs.map(([token = "", id = ""]) => [token, id]));
}
