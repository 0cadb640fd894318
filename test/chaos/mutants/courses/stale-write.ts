import { wordsOf } from "../../../lab/api-writes.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const name = play.nextName;
  const { promise: isOver, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  using set = play.scene.api.lieInWait({
    at: "before",
    matches: (seen) =>
      seen.method === "PATCH" &&
      seen.path.includes(`/jobsubmissions/${name}/status`) &&
      wordsOf(seen).includes("JobRunning"),
    run: async () => {
      held();
      await isOver;
    },
    next: "pass",
  });
  try {
    const sent = await play.submit();
    await play.soon(isHeld, "the write that says that it runs");
    await play.operator.end("SIGKILL");
    await play.operator.ensureUp();
    await play.open(sent);
    await play.end(sent);
  } finally {
    goOn();
  }
  await play.soon(set.sprung, "the end of that write");
}

export const staleWrite: Course = {
  what: "a write of an operator that was killed gets to the API server after its successor has told the end",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NORV",
      rule: 1,
      what: "a status is written onto any version of the object",
      edits: [
        {
          file: "controllers/submission/store-status.ts",
          find: "{ merge: { status: merge }, resourceVersion, fieldManager, signal: change.signal }",
          replace: "{ merge: { status: merge }, fieldManager, signal: change.signal }",
        },
      ],
      complaint: /expected Done COMPLETED.*reported: Done RUNNING/u,
      oracle: "false end: told as running again",
    },
  ],
};
