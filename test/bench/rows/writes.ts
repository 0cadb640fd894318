import { join } from "node:path";
import { ofScript, ofTemplate, script, type Stage, submit, template } from "../../e2e/stage.ts";
import { eventually } from "../../lab/eventually.ts";
import { ApiProxy } from "../../chaos/api-proxy.ts";
import { noteWrites } from "../../lab/api-writes.ts";
import { startOperator } from "../../lab/operator.ts";
import type { Row } from "../row.ts";
import { openScene } from "../scene.ts";
import { atMost, type Measure } from "../table.ts";

const text = "#!/bin/sh\nsleep 8\n";

export const writes: Row = {
  name: "writes",
  title: "Writes on the API server over a life",
  how: "All requests of the operator go through a proxy that counts. A submission of a script, and one of a template with the script and ConfigMap that it makes, each followed from its creation until it is finished: it is seen running, and ends well.",
  run: async ({ lab }) => {
    await using scene = await openScene(lab);
    await using proxy = await ApiProxy.to(lab.kube, join(lab.state));
    await using _operator = await startOperator(lab, [], {
      api: { url: proxy.url, authority: proxy.authority },
    });
    const { stage } = scene;
    await stage.apply(
      script("sleeps", text),
      template("sleeps", { entrypoint: { name: "run.sh", text }, resources: { memory: "20Mi" } }),
    );
    await stage.kubectl("wait", "jobscript/sleeps", "jobtemplate/sleeps", "--for=condition=Ready");
    return [
      ...(await countLife(proxy, stage, { name: "plain", from: ofScript("sleeps"), most: 7 })),
      ...(await countLife(proxy, stage, { name: "templated", from: ofTemplate("sleeps"), most: 10 })),
    ];
  },
};

async function countLife(
  proxy: ApiProxy,
  stage: Stage,
  life: { readonly name: string; readonly from: object; readonly most: number },
): Promise<readonly Measure[]> {
  const { name, from, most } = life;
  const noted = noteWrites(proxy, stage.namespace);
  await stage.apply(submit(name, from, { cluster: stage.clusters.c1 }));
  await stage.finished(name);
  // Events are sent beside, in their order: the end is the last one.
  await eventually(() => noted.eventsOf(name).includes("JobSucceeded"), { within: 60_000 });
  return [
    atMost(`writes, ${name}`, noted.objects.length, most),
    atMost(`events, ${name}`, noted.eventsOf(name).length, 4),
  ];
}
