import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../lab/eventually.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import {
  conditionIn,
  lifetime,
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
  await stage.apply(
    script("fine", "#!/bin/sh\nexit 0\n"),
    template("greeting", { entrypoint: { name: "run.sh", text: "#!/bin/sh\necho hello\n" } }),
  );
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const names = async (kind: string): Promise<readonly string[]> =>
  (await stage.kubectl("get", kind, "-o", "name"))
    .split("\n")
    .flatMap((line) => line.split("/")[1] ?? [])
    .toSorted();
const gone = async (name: string) =>
  eventually(async () => !(await names("jsub")).includes(name), { within: lifetime, every: 500 });
const noteOf = async (name: string, reason: string): Promise<string> =>
  eventually(async () => (await stage.events(name)).find((event) => event.reason === reason)?.note, {
    within: lifetime,
    every: 500,
  });
const patch = async (name: string, spec: object): Promise<string> =>
  stage.kubectl("patch", "jsub", name, "--type=merge", "-p", JSON.stringify({ spec }));

const archive = async (kind: string, name: string, archived: boolean): Promise<string> =>
  stage.kubectl("patch", kind, name, "--type=merge", "-p", JSON.stringify({ spec: { archived } }));
const listed = async (kind: string, selector: string): Promise<readonly string[]> =>
  (await stage.kubectl("get", kind, "--field-selector", selector, "-o", "name"))
    .split("\n")
    .flatMap((line) => line.split("/")[1] ?? []);
const digestOf = async (name: string): Promise<string> =>
  stage.kubectl("get", "jscr", name, "-o", "jsonpath={.status.digest}");

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;
  const send = async (what: string, from: object, spec: object = {}): Promise<void> =>
    stage.apply(submit(name(what), from, { cluster: stage.clusters[cluster], spec }));

  test(
    "a finished submission goes when its time is over, with the script that was made for it",
    { timeout: lifetime },
    async () => {
      await send("short", ofTemplate("greeting"), { ttlSecondsAfterFinished: 1 });
      await gone(name("short"));
      expect(await noteOf(name("short"), "Expired")).toBe(
        "deleted, as spec.ttlSecondsAfterFinished (1) says; it ended Done (COMPLETED)",
      );
      await eventually(
        async () => !(await names("jscr")).some((script) => script.startsWith(`${name("short")}-`)),
        { within: lifetime, every: 500 },
      );
    },
  );

  test("the time is given, and taken back, long after the end", { timeout: lifetime }, async () => {
    await send("late", ofScript("fine"), {});
    await send("kept", ofScript("fine"), { ttlSecondsAfterFinished: 3600 });
    await stage.finished(name("late"));
    await stage.finished(name("kept"));
    await patch(name("kept"), { ttlSecondsAfterFinished: null });
    await patch(name("late"), { ttlSecondsAfterFinished: 0 });
    await gone(name("late"));
    expect(await names("jsub")).toContain(name("kept"));
  });

  test("what GitOps would create again stays, and says so", { timeout: lifetime }, async () => {
    const object = submit(name("tracked"), ofScript("fine"), {
      cluster: stage.clusters[cluster],
      spec: { ttlSecondsAfterFinished: 0 },
    });
    const labels = { "kustomize.toolkit.fluxcd.io/name": "jobs" };
    await stage.apply({ ...object, metadata: { name: name("tracked"), labels } });
    await stage.finished(name("tracked"));
    expect(await noteOf(name("tracked"), "TtlIgnored")).toContain(
      "Flux (kustomize.toolkit.fluxcd.io/name) would create the submission again",
    );
    expect(await names("jsub")).toContain(name("tracked"));
  });

  test(
    "one that another waits for stays until that one has learnt its end",
    { timeout: lifetime },
    async () => {
      await send("last", ofScript("fine"), {
        dependsOn: [{ name: name("awaited") }, { name: name("other") }],
      });
      await send("awaited", ofScript("fine"), { ttlSecondsAfterFinished: 0 });
      await stage.finished(name("awaited"));
      await send("other", ofScript("fine"), {});
      expect((await stage.finished(name("last"))).status.phase).toBe("Done");
      await gone(name("awaited"));
    },
  );

  const waitsFor = async (what: string, reason: string) =>
    stage.until(name(what), (seen) => conditionIn(seen, "Reconciling") === `True ${reason}`);

  test(
    "a template, a script and a submission that are archived serve nothing new, and all that waits for them once they are not",
    { timeout: lifetime },
    async () => {
      const entrypoint = { name: "run.sh", text: "#!/bin/sh\necho hello\n" };
      await stage.apply(template(name("old"), { entrypoint }), script(name("shelf"), "#!/bin/sh\nexit 0\n"));
      await send("before", ofScript(name("shelf")));
      await send("made", ofTemplate(name("old")));
      const made = (await stage.finished(name("made"))).status.script?.name ?? "";
      expect((await stage.finished(name("before"))).status.phase).toBe("Done");
      const digest = await digestOf(made);
      const all = [
        ["jtpl", name("old")],
        ["jscr", name("shelf")],
        ["jscr", made],
        ["jsub", name("before")],
      ] as const;
      for (const [kind, object] of all) {
        await archive(kind, object, true);
        expect(await listed(kind, "spec.archived!=true")).not.toContain(object);
        expect(await listed(kind, "spec.archived=true")).toContain(object);
      }
      // What was made of the template is as good as before: its spec has changed, and nothing was rendered anew.
      await archive("jscr", made, false);
      await stage.apply(
        template(name("old"), {
          entrypoint: { ...entrypoint, text: "#!/bin/sh\nexit 9\n" },
          archived: true,
        }),
      );
      await send("again", ofScript(made));
      expect((await stage.finished(name("again"))).status.phase).toBe("Done");
      expect(await digestOf(made)).toBe(digest);

      await send("of-script", ofScript(name("shelf")));
      await send("of-template", ofTemplate(name("old")));
      await send("after", ofScript(made), { dependsOn: [{ name: name("before") }] });
      await waitsFor("of-script", "ScriptArchived");
      await waitsFor("of-template", "TemplateArchived");
      await waitsFor("after", "DependencyArchived");
      for (const [kind, object] of all) await archive(kind, object, false);
      // A finished submission is not watched: who depends on it looks again after half a minute, or when it is touched.
      await stage.kubectl("annotate", "jsub", name("after"), "look=again");
      expect((await stage.finished(name("of-script"))).status.phase).toBe("Done");
      expect((await stage.finished(name("of-template"))).status.exitCode).toBe(9);
      expect((await stage.finished(name("after"))).status.phase).toBe("Done");
    },
  );
});
