import { wordsOf } from "../../../lab/api-writes.ts";
import type { SeenRequest } from "../../api-proxy.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

const tellsDispatched = (seen: SeenRequest, name: string): boolean =>
  seen.method === "PATCH" &&
  seen.path.includes(`/jobsubmissions/${name}/status`) &&
  wordsOf(seen).includes("Dispatched");

async function run(play: Play): Promise<void> {
  const name = play.nextName;
  const { api } = play.scene;
  using set = api.lieInWait({
    at: "before",
    matches: (seen) => tellsDispatched(seen, name),
    run: async () => void (await play.operator.end("SIGKILL")),
    next: "cut",
  });
  const sent = await play.submit();
  await play.started(sent);
  await play.soon(set.sprung, "the write of the job's id");
  await play.delete(sent);
  await play.operator.ensureUp();
  await play.end(sent);
}

const beforeDispatch = "core/submission/before-dispatch.ts";

export const deletedWhileDown: Course = {
  what: "an operator is killed before it can store the id of a job that it has sent, and the object is deleted while it is down",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NOINTENT",
      rule: 1,
      what: "an attempt is stored with its job id only, after it was sent",
      edits: [
        {
          file: "controllers/submission/store-status.ts",
          find: "  const merge = mergePatch(submission.status, change.status);\n",
          replace: `  const opened = change.status.attempts?.at(-1);
  if (opened !== undefined && opened.jobId === undefined && opened.ended === undefined)
    return { ...submission, status: change.status };
  const merge = mergePatch(submission.status, change.status);
`,
        },
      ],
      complaint: /its script runs although the object is gone/u,
      oracle: "runs although the object is gone",
      isSample: true,
    },
    {
      name: "M_LATEFIN",
      rule: 1,
      what: "the finalizer is set once the job's id is stored",
      edits: [
        {
          file: beforeDispatch,
          find: `  if (!hasFinalizer(metadata.finalizers)) return { do: "addFinalizer" };\n`,
          replace: "",
        },
        {
          file: "core/submission/decide.ts",
          find: "  return decideWatching(seen, attempt);\n",
          replace: `  if (submission.metadata.finalizers.length === 0) return { do: "addFinalizer" };
  return decideWatching(seen, attempt);
`,
        },
      ],
      complaint: /its script runs although the object is gone/u,
      oracle: "runs although the object is gone",
    },
  ],
};
