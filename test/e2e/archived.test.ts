import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
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
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

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
  const waitsFor = async (what: string, reason: string) =>
    stage.until(name(what), (seen) => conditionIn(seen, "Reconciling") === `True ${reason}`);

  test(
    "a template, a script and a submission that are archived serve nothing new, and all that waits for them once they are not",
    { timeout: lifetime },
    async () => {
      const entrypoint = { name: "run.sh", text: "#!/bin/sh\necho hello\n" };
      await stage.apply(
        template(name("greeting"), { entrypoint }),
        script(name("fine"), "#!/bin/sh\nexit 0\n"),
      );
      await send("before", ofScript(name("fine")));
      await send("made", ofTemplate(name("greeting")));
      const made = (await stage.finished(name("made"))).status.script?.name ?? "";
      expect((await stage.finished(name("before"))).status.phase).toBe("Done");
      const digest = await digestOf(made);
      const all = [
        ["jtpl", name("greeting")],
        ["jscr", name("fine")],
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
        template(name("greeting"), {
          entrypoint: { ...entrypoint, text: "#!/bin/sh\nexit 9\n" },
          archived: true,
        }),
      );
      await send("again", ofScript(made));
      expect((await stage.finished(name("again"))).status.phase).toBe("Done");
      expect(await digestOf(made)).toBe(digest);

      await send("of-script", ofScript(name("fine")));
      await send("of-template", ofTemplate(name("greeting")));
      await send("after", ofScript(made), { dependsOn: [{ name: name("before") }] });
      await waitsFor("of-script", "ScriptArchived");
      await waitsFor("of-template", "TemplateArchived");
      await waitsFor("after", "DependencyArchived");
      for (const [kind, object] of all) await archive(kind, object, false);
      expect((await stage.finished(name("of-script"))).status.phase).toBe("Done");
      expect((await stage.finished(name("of-template"))).status.exitCode).toBe(9);
      expect((await stage.finished(name("after"))).status.phase).toBe("Done");
    },
  );
});
