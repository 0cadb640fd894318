import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const first = await play.submit();
  await play.open(first);
  await play.end(first);
  await play.scene.kubectl(["delete", "jsub", first.name]);
  const second = await play.submit({ name: first.name, code: 3 });
  await play.open(second);
  // Its row in the queue is as it was, of which nobody is told twice: one that begins looks at everything.
  await play.until(second, ({ status }) => status.jobId !== undefined);
  await play.operator.end("SIGKILL");
  await play.operator.ensureUp();
  await play.end(second);
}

export const createdAgain: Course = {
  what: "an object is deleted after its end and created again under the same name, for something else",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NAMETOKEN",
      rule: 1,
      what: "the token is made of the object's name, not of its UID",
      edits: [
        {
          file: "core/submission/before-dispatch.ts",
          find: "tokenOf({ install: seen.install, uid: metadata.uid, index })",
          replace: `tokenOf({
    install: seen.install,
    uid: \`00000000-0000-4000-8000-\${[...metadata.namespace.slice(-4), ...metadata.name.slice(-2)].map((letter) => letter.charCodeAt(0).toString(16)).join("")}\`,
    index,
  })`,
        },
      ],
      complaint: /it never ran.*reported: Done/u,
      oracle: "false end: Done, though nothing of it ran",
    },
  ],
};
