import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject, writtenObject } from "../../../src/kube/metadata.ts";
import type { Resource } from "../../../src/kube/resource.ts";
import { Reflector } from "../../../src/runtime/reflector.ts";
import type { Change } from "../../../src/runtime/store.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Bench, openBench, silent } from "../kube/bench.ts";

const definitions: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
const runs: Resource = {
  group: "runtime.test",
  version: "v1",
  plural: "runs",
  kind: "Run",
  namespaced: true,
};
const definitionKey = keyOf({ name: "runs.runtime.test" });
const text = { type: "string", maxLength: 63 };
const definition = {
  spec: {
    group: runs.group,
    scope: "Namespaced",
    names: { plural: "runs", singular: "run", kind: "Run", listKind: "RunList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        selectableFields: [{ jsonPath: ".status.finished" }],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { text } },
              status: { type: "object", properties: { finished: text } },
            },
          },
        },
      },
    ],
  },
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.direct.apply(
    definitions,
    definitionKey,
    { object: definition, fieldManager: "test" },
    writtenObject,
  );
  await eventually(async () => bench.direct.list(runs, {}, kubeObject), { within: 20_000 });
});
afterAll(async () => {
  await bench.direct.delete(definitions, definitionKey);
  await bench[Symbol.asyncDispose]();
});

test.each(["watchList", "paged"] as const)(
  "an object that leaves the selection is told as deleted, one that comes back as added (%s)",
  async (initial) => {
    const finish = async (name: string, finished: string) =>
      bench.direct.patchStatus(runs, bench.key(name), { merge: { status: { finished } } }, writtenObject);
    const [alive, over] = [`alive-${initial.toLowerCase()}`, `over-${initial.toLowerCase()}`] as const;
    for (const name of [alive, over]) {
      await bench.direct.create(
        runs,
        { namespace: bench.namespace, object: { metadata: { name } } },
        writtenObject,
      );
    }
    await finish(over, "true");
    const reflector = new Reflector<string>({
      client: bench.client,
      logger: silent,
      resource: runs,
      namespace: bench.namespace,
      fieldSelector: "status.finished!=true",
      project: (object) => object.metadata.name,
      initial,
    });
    const changes: Change<string>[] = [];
    reflector.subscribe((change) => changes.push(change));
    const stop = new AbortController();
    const running = reflector.run(stop.signal);
    await reflector.synced;
    expect([...reflector.store.keys()].filter((key) => key.endsWith(initial.toLowerCase()))).toEqual([
      bench.key(alive),
    ]);
    changes.length = 0;
    await finish(alive, "true");
    await finish(over, "false");
    await eventually(() => changes.length === 2, { within: 10_000 });
    expect(changes).toEqual([
      { is: "deleted", key: bench.key(alive), before: alive },
      { is: "added", key: bench.key(over), after: over, initial: false },
    ]);
    stop.abort();
    await running;
  },
);
