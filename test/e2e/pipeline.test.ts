import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { insideRoot } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { installOperator, startOperator, type RunningOperator } from "../lab/operator.ts";
import {
  conditionIn,
  lifetime,
  messageIn,
  ofScript,
  ofTemplate,
  openStage,
  script,
  type Stage,
  submit,
  template,
} from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;
  const on = () => ({ cluster: stage.clusters[cluster] });

  test(
    "a template becomes a script, the script a job, and its end comes back with outputs and log",
    { timeout: lifetime },
    async () => {
      await stage.apply(
        template(name("greeting"), {
          parameters: [
            { name: "who", type: "String", required: true },
            { name: "times", type: "Integer", default: "2", minimum: "1", maximum: "5" },
          ],
          entrypoint: {
            name: "hello.sh",
            text: `#!/bin/bash\n#SBATCH --time=7\nset -e\nfor i in $(seq {{ times }}); do echo "hello" {{ who | sh }}; done\nOUT_greeted="$PARAM_who"\necho "extra=$(cat "$JOB_TEMPLATE_DIR/note.txt")" >> "$JOB_OUTPUTS"\nexit 0\n`,
          },
          supportFiles: [{ path: "note.txt", text: "from a support file" }],
          environment: { variables: [{ name: "GREETING", value: "it's" }] },
          resources: { memory: "30Mi" },
        }),
        submit(name("hello"), ofTemplate(name("greeting"), { who: "Ada 'Lovelace'" }), {
          ...on(),
          spec: { resources: { tasks: 1 } },
        }),
      );
      const { metadata, status } = await stage.finished(name("hello"));
      expect(status).toMatchObject({
        phase: "Done",
        state: "COMPLETED",
        exitCode: 0,
        user: "alice",
        partition: "main",
        timeLimitSeconds: 420,
        outputs: expect.arrayContaining([
          { name: "greeted", value: "Ada 'Lovelace'" },
          { name: "extra", value: "from a support file" },
        ]),
        log: { tail: "hello Ada 'Lovelace'\nhello Ada 'Lovelace'\n" },
        effectiveOptions: expect.arrayContaining([
          { option: "time", value: "7", from: "Script" },
          { option: "mem", value: "30M", from: "Resources" },
          { option: "ntasks", value: "1", from: "Submission" },
        ]),
        template: { name: name("greeting"), generation: 1 },
        cluster: { slurmName: cluster },
      });
      expect(status.attempts).toHaveLength(1);
      expect(status.jobId).toMatch(/^\d+$/u);
      expect(metadata.finalizers).toEqual([]);
      expect(Date.parse(status.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(status.submittedAt ?? ""));
    },
  );

  test("an exit code comes through", { timeout: lifetime }, async () => {
    await stage.apply(
      script(name("seven"), "#!/bin/sh\nexit 7\n"),
      submit(name("fails"), ofScript(name("seven")), on()),
    );
    const done = await stage.finished(name("fails"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 7, signal: 0 });
    expect(conditionIn(done, "Stalled")).toBe("True JobFailed");
    expect(messageIn(done)).toContain("exit code 7");
  });

  test(
    "outputs are caught also with an EXIT trap of the script's own, and from Python",
    { timeout: lifetime },
    async () => {
      await stage.apply(
        script(
          name("traps"),
          "#!/bin/bash\ntrap 'echo cleaned up' EXIT\nOUT_a='x y'\nOUT_b=$'two\\nlines'\nexit 0\n",
        ),
        script(
          name("py"),
          "#!/usr/bin/python3\nimport os\nopen(os.environ['JOB_OUTPUTS'], 'a').write('pi=3.14\\n')\n",
        ),
        submit(name("trapped"), ofScript(name("traps")), on()),
        submit(name("python"), ofScript(name("py")), on()),
      );
      const trapped = await stage.finished(name("trapped"));
      expect(trapped.status.outputs).toEqual([
        { name: "a", value: "x y" },
        { name: "b", value: "two\nlines" },
      ]);
      expect(trapped.status.log?.tail).toBe("cleaned up\n");
      expect((await stage.finished(name("python"))).status.outputs).toEqual([{ name: "pi", value: "3.14" }]);
    },
  );

  test("an array is one submission with counts by state", { timeout: lifetime }, async () => {
    await stage.apply(
      script(
        name("tasks"),
        '#!/bin/bash\necho "$SLURM_ARRAY_TASK_ID" >> "$HOME/$MARK"\n[ "$SLURM_ARRAY_TASK_ID" != 2 ] || exit 3\n',
      ),
      submit(name("array"), ofScript(name("tasks")), {
        ...on(),
        spec: { resources: { array: "0-4" }, variables: [{ name: "MARK", value: name(stage.namespace) }] },
      }),
    );
    const { status } = await stage.finished(name("array"));
    expect(status).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 3 });
    expect(status.array).toEqual({
      tasks: 5,
      states: [
        { state: "COMPLETED", count: 4, indexes: "0-1,3-4" },
        { state: "FAILED", count: 1, indexes: "2" },
      ],
      failed: [{ index: 2, state: "FAILED", exitCode: 3, signal: 0 }],
      updatedAt: expect.any(String),
    });
    expect((await stage.lines(cluster, name(stage.namespace))).toSorted()).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("cancel keeps the record", { timeout: lifetime }, async () => {
    await stage.apply(
      script(name("sleeps"), "#!/bin/sh\nsleep 600\n"),
      submit(name("cancelled"), ofScript(name("sleeps")), on()),
    );
    await stage.until(name("cancelled"), ({ status }) => status.state === "RUNNING");
    await stage.kubectl("patch", "jsub", name("cancelled"), "--type=merge", "-p", '{"spec":{"cancel":true}}');
    const done = await stage.finished(name("cancelled"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    expect(conditionIn(done, "Succeeded")).toBe("False JobCancelled");
  });

  test("deletion ends the job first, then the object goes", { timeout: lifetime }, async () => {
    await stage.apply(
      script(name("sleeps-too"), "#!/bin/sh\nsleep 600\n"),
      submit(name("deleted"), ofScript(name("sleeps-too")), on()),
    );
    const { status } = await stage.until(name("deleted"), (seen) => seen.status.state === "RUNNING");
    await stage.kubectl("delete", "jsub", name("deleted"), "--timeout=100s");
    const { stdout } = await insideRoot(
      lab,
      { cluster, user: "alice" },
      `squeue -h -t RUNNING,PENDING -o %A | grep -cx ${status.jobId ?? ""} || true`,
    );
    expect(stdout.trim()).toBe("0");
  });

  test("a submission waits for what it depends on", { timeout: lifetime }, async () => {
    await stage.apply(
      script(name("first"), "#!/bin/sh\nexit 0\n"),
      script(name("broken"), "#!/bin/sh\nexit 1\n"),
      submit(name("after"), ofScript(name("first")), {
        ...on(),
        spec: { dependsOn: [{ name: name("before") }] },
      }),
      submit(name("never"), ofScript(name("first")), {
        ...on(),
        spec: { dependsOn: [{ name: name("bad") }] },
      }),
      submit(name("anyway"), ofScript(name("first")), {
        ...on(),
        spec: { dependsOn: [{ name: name("bad"), when: "Finished" }] },
      }),
    );
    await stage.until(
      name("after"),
      (seen) => conditionIn(seen, "Reconciling") === "True DependencyNotFound",
    );
    await stage.apply(
      submit(name("before"), ofScript(name("first")), on()),
      submit(name("bad"), ofScript(name("broken")), on()),
    );
    const [before, after, never, anyway] = await Promise.all(
      ["before", "after", "never", "anyway"].map(async (what) => stage.finished(name(what))),
    );
    expect([before?.status.phase, after?.status.phase, anyway?.status.phase]).toEqual([
      "Done",
      "Done",
      "Done",
    ]);
    expect(Date.parse(after?.status.submittedAt ?? "")).toBeGreaterThanOrEqual(
      Date.parse(before?.status.endedAt ?? ""),
    );
    expect(conditionIn(never!, "Stalled")).toBe("True DependencyNeverSatisfied");
    expect(never?.status.attempts).toBeUndefined();
  });

  test(
    "whoever closes a circle of dependencies is refused, and nobody waits for ever",
    {
      timeout: lifetime,
    },
    async () => {
      const needs = (what: string, when = "Succeeded") => ({
        ...on(),
        spec: { dependsOn: [{ name: name(what), when }] },
      });
      const run = ofScript(name("round"));
      await stage.apply(
        script(name("round"), "#!/bin/sh\nexit 0\n"),
        submit(name("ring-a"), run, needs("ring-b")),
        submit(name("ring-b"), run, needs("ring-c", "Finished")),
      );
      await stage.until(name("ring-a"), (seen) => conditionIn(seen, "Reconciling") === "True DependencyOpen");
      await stage.apply(submit(name("ring-c"), run, needs("ring-a")));
      const closing = await stage.finished(name("ring-c"));
      expect(conditionIn(closing, "Stalled")).toBe("True DependencyNeverSatisfied");
      expect(messageIn(closing)).toContain(
        [name("ring-c"), name("ring-a"), name("ring-b"), name("ring-c")].join(" -> "),
      );
      // The others go by its end: one wanted it finished in whatever way, and the other wanted that one.
      const others = await Promise.all(["ring-a", "ring-b"].map(async (what) => stage.finished(name(what))));
      expect(others.map(({ status }) => status.phase)).toEqual(["Done", "Done"]);
    },
  );

  test(
    "a dependency that can never come true is told while the cluster is not there",
    {
      timeout: lifetime,
    },
    async () => {
      await stage.apply(
        submit(name("refused"), ofScript(name("unreadable")), on()),
        script(name("unreadable"), "no interpreter\n"),
      );
      await stage.finished(name("refused"));
      await stage.apply(
        submit(name("hopeless"), ofScript(name("nowhere")), {
          cluster: name("no-cluster"),
          spec: { dependsOn: [{ name: name("refused") }] },
        }),
      );
      const hopeless = await stage.finished(name("hopeless"));
      expect(conditionIn(hopeless, "Stalled")).toBe("True DependencyNeverSatisfied");
    },
  );

  test("who submits a script hears what sbatch ignores in it", { timeout: lifetime }, async () => {
    await stage.apply(
      script(name("careless"), "#!/bin/sh\n# SBATCH --time=5\n#SBATCH --mem=20\nexit 0\n"),
      submit(name("unaware"), ofScript(name("careless")), on()),
    );
    expect((await stage.finished(name("unaware"))).status.phase).toBe("Done");
    const told = await eventually(
      async () => {
        const events = await stage.events(name("unaware"));
        return events.find(({ reason }) => reason === "ScriptWarnings");
      },
      { within: 30_000 },
    );
    expect(told).toEqual({
      type: "Warning",
      reason: "ScriptWarnings",
      note: `JobScript "${name("careless")}" has 2 warnings, the first: run.sh:2:1: sbatch takes this line for a comment, because of the blank after #: write #SBATCH; see kubectl describe jobscript ${name("careless")}`,
    });
  });
});
