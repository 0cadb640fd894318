import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { buildCustomResource } from "../../../scripts/generate/custom-resource.ts";
import { listRules } from "../../../scripts/generate/field-list.ts";
import { apiVersion } from "../../../src/api/group.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { createNamespace, installCustomResources, runKubectl } from "./custom-resources.ts";
import { broken } from "./row.ts";

const lab = inject("lab");
const tools = new AsyncDisposableStack();
let namespace: string;

const fixed = (field: string) =>
  broken(`spec.${field}`, `${field} cannot change once the submission exists; create another submission`);

/** A submission with every field that cannot change. */
const spec = {
  from: { template: { name: "greeting", parameters: [{ name: "who", value: "Ada" }] } },
  target: { slurm: { name: "c1" } },
  resources: { tasks: 4 },
  variables: [{ name: "OMP_NUM_THREADS", value: "4" }],
  dependsOn: [{ name: "first" }],
  queueTimeoutSeconds: 600,
  retry: { limit: 1, when: ["FAILED"], backoffSeconds: 10, scope: "FailedTasks" },
};

const retryFixed = broken(
  "spec.retry",
  "of retry only limit can change once the submission exists; create another submission",
);

/** What is changed, and what the API server says; nothing where it takes the change. */
const changes: readonly { what: string; patch: object; refusal?: string }[] = [
  {
    what: "another parameter",
    patch: { from: { template: { parameters: [{ name: "who", value: "Bob" }] } } },
    refusal: fixed("from"),
  },
  { what: "another cluster", patch: { target: { slurm: { name: "c2" } } }, refusal: fixed("target") },
  { what: "more tasks", patch: { resources: { tasks: 5 } }, refusal: fixed("resources") },
  { what: "no resources any more", patch: { resources: null }, refusal: fixed("resources") },
  { what: "another variable", patch: { variables: [] }, refusal: fixed("variables") },
  { what: "no dependency any more", patch: { dependsOn: null }, refusal: fixed("dependsOn") },
  {
    what: "more time in the queue",
    patch: { queueTimeoutSeconds: 900 },
    refusal: fixed("queueTimeoutSeconds"),
  },
  { what: "another number of retries", patch: { retry: { limit: 5 } } },
  { what: "other ends to retry after", patch: { retry: { when: ["TIMEOUT"] } }, refusal: retryFixed },
  { what: "the default scope of retries", patch: { retry: { scope: null } }, refusal: retryFixed },
  { what: "no retries any more", patch: { retry: null }, refusal: retryFixed },
  { what: "archived: true", patch: { archived: true } },
  { what: "archived: false after true", patch: { archived: false } },
  { what: "a time to live", patch: { ttlSecondsAfterFinished: 60 } },
  { what: "no time to live any more", patch: { ttlSecondsAfterFinished: null } },
  { what: "suspend: true", patch: { suspend: true } },
  { what: "suspend: false after true", patch: { suspend: false } },
  { what: "another time to wait", patch: { missingReferenceTimeoutSeconds: 60 } },
  { what: "cancel: false", patch: { cancel: false } },
  { what: "cancel: true", patch: { cancel: true } },
  {
    what: "cancel: false after true",
    patch: { cancel: false },
    refusal: broken("spec.cancel", "cancel cannot be taken back; create another submission"),
  },
  {
    what: "no cancel after true",
    patch: { cancel: null },
    refusal: broken("spec.cancel", "cancel cannot be taken back; create another submission"),
  },
];

beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "immutability")).name;
  const submission = { apiVersion, kind: "JobSubmission", metadata: { name: "sent" }, spec };
  await runKubectl(lab, ["create", "--namespace", namespace, "--filename", "-"], JSON.stringify(submission));
});
afterAll(() => tools.disposeAsync());

async function patchSubmission(patch: object): Promise<string> {
  const args = ["patch", "jobsubmission", "sent", "--namespace", namespace, "--type", "merge"];
  const { code, stderr } = await kubectl(lab, [...args, "--patch", JSON.stringify({ spec: patch })]);
  return code === 0 ? "" : stderr.trim().replace('The JobSubmission "sent" is invalid: ', "");
}

describe("a submission that exists", () => {
  it.each(changes)("is asked for $what", async ({ patch, refusal = "" }) => {
    expect(await patchSubmission(patch)).toBe(refusal);
  });

  it("has a row above for every rule about changes", () => {
    const rules = definitions.flatMap((definition) => {
      const { openAPIV3Schema } = buildCustomResource(definition).spec.versions[0].schema;
      return listRules("", openAPIV3Schema).filter(({ rule }) => rule.includes("oldSelf"));
    });
    const met = new Set(changes.map(({ refusal }) => refusal));
    expect(rules.filter(({ pointsTo, message }) => !met.has(broken(pointsTo, message)))).toEqual([]);
  });
});
