import { pino } from "pino";
import { inject } from "vitest";
import { createScriptController } from "../../../src/controllers/script/create.ts";
import { reflectScripts } from "../../../src/controllers/script/scripts.ts";
import { createTemplateController } from "../../../src/controllers/template/create.ts";
import { reflectTemplates } from "../../../src/controllers/template/templates.ts";
import { configMaps, jobScripts, jobTemplates } from "../../../src/controllers/resources.ts";
import { type KubeClient, openKubeClient } from "../../../src/kube/client.ts";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import type { FinishedRequest } from "../../../src/kube/metrics.ts";
import type { Controller } from "../../../src/runtime/controller.ts";
import { createEventRecorder, type EventRecorder } from "../../../src/runtime/event-recorder.ts";
import { eventually } from "../../lab/eventually.ts";
import { createNamespace, installCustomResources, runKubectl } from "../crds/custom-resources.ts";

const resources = { jobtemplate: jobTemplates, jobscript: jobScripts, configmap: configMaps };
type Kind = keyof typeof resources;

/** An object as kubectl prints it. */
export interface Printed {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly PrintedCondition[];
    readonly digest?: string;
    readonly filesRef?: { readonly name: string };
    readonly template?: { readonly name: string; readonly generation: number };
    readonly directives?: readonly unknown[];
    readonly warnings?: readonly unknown[];
  };
}

interface PrintedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What a status says of readiness, in short: `True Rendered`, `False TemplateNotFound Reconciling`. */
export function readiness({ status }: Printed): string {
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const others = conditions.filter(({ type }) => type !== "Ready").map(({ type }) => type);
  return [ready?.status, ready?.reason, ...others].join(" ");
}

export const messageOf = ({ status }: Printed): string =>
  status?.conditions?.find(({ type }) => type === "Ready")?.message ?? "";

/** Both controllers, running in this process against the lab's API server, in a namespace of their own. */
export class RenderBench implements AsyncDisposable {
  readonly namespace: string;
  readonly requests: readonly FinishedRequest[];
  readonly templates: Controller;
  readonly scripts: Controller;
  readonly #events: EventRecorder;
  /** For the test's own looks, which must not count among the operator's requests. */
  readonly #direct: KubeClient;
  readonly #lab = inject("lab");
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    namespace: string;
    requests: readonly FinishedRequest[];
    templates: Controller;
    scripts: Controller;
    events: EventRecorder;
    direct: KubeClient;
    stack: AsyncDisposableStack;
  }) {
    this.namespace = parts.namespace;
    this.requests = parts.requests;
    this.templates = parts.templates;
    this.scripts = parts.scripts;
    this.#events = parts.events;
    this.#direct = parts.direct;
    this.#stack = parts.stack;
  }

  static async open(): Promise<RenderBench> {
    const lab = inject("lab");
    await using opening = new AsyncDisposableStack();
    await installCustomResources(lab);
    const { name: namespace } = opening.use(await createNamespace(lab, "render"));
    const logger = pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" });
    const requests: FinishedRequest[] = [];
    const source = { is: "kubeconfig", path: lab.kube.kubeconfig } as const;
    const direct = opening.use(openKubeClient({ source, logger }));
    const client = opening.use(
      openKubeClient({
        source,
        logger,
        metrics: {
          requestFinished: (request) => requests.push(request),
          connectionsChanged: () => undefined,
        },
      }),
    );
    const reporter = { controller: "batchwright.dev/test", instance: "test" };
    const events = opening.use(createEventRecorder({ client, reporter, logger }));
    const reflectors = {
      templates: reflectTemplates({ client, logger, namespace }),
      scripts: reflectScripts({ client, logger, namespace }),
    };
    // ConfigMaps are looked at again within what a test can wait for.
    const shared = { client, logger, events, ...reflectors, recheckMs: 500, reviewMs: 500 };
    const controllers = {
      templates: createTemplateController(shared),
      scripts: createScriptController(shared),
    };
    const stop = new AbortController();
    const running = [
      ...Object.values(reflectors).map(async (reflector) => reflector.run(stop.signal)),
      ...Object.values(controllers).map(async (controller) =>
        controller.run({ stop: stop.signal, graceMs: 5000 }),
      ),
    ];
    opening.defer(async () => {
      stop.abort();
      await Promise.all(running);
    });
    await Promise.all(Object.values(reflectors).map(async (reflector) => reflector.synced));
    return new RenderBench({ namespace, requests, ...controllers, events, direct, stack: opening.move() });
  }

  key(name: string): Key {
    return keyOf({ namespace: this.namespace, name });
  }

  /** As users do: `kubectl apply`. */
  async apply(yaml: string): Promise<void> {
    await runKubectl(this.#lab, ["-n", this.namespace, "apply", "--server-side", "--filename", "-"], yaml);
  }

  async kubectl(...args: string[]): Promise<string> {
    return runKubectl(this.#lab, ["-n", this.namespace, ...args]);
  }

  async get(kind: Kind, name: string): Promise<Printed> {
    return this.#direct.get(resources[kind], this.key(name), { parse: (object) => object as Printed });
  }

  /** The object as soon as its status is of its present generation and `wanted` holds of its readiness. */
  async settled(kind: "jobtemplate" | "jobscript", name: string, wanted: string): Promise<Printed> {
    return eventually(
      async () => {
        const object = await this.get(kind, name);
        const isCurrent = object.status?.observedGeneration === object.metadata.generation;
        if (isCurrent && readiness(object) === wanted) return object;
        throw new Error(`${readiness(object)}: ${messageOf(object)}`);
      },
      { within: 30_000, every: 50 },
    );
  }

  /** `TYPE REASON` and note of every event on the object, in their order. */
  async eventsOn(
    kind: "JobTemplate" | "JobScript",
    name: string,
  ): Promise<{ event: string; note: string }[]> {
    await this.#events.flush();
    const fields = `involvedObject.kind=${kind},involvedObject.name=${name}`;
    const printed = await this.kubectl("get", "events", "--field-selector", fields, "-o", "json");
    const { items } = JSON.parse(printed) as {
      items: { type: string; reason: string; message: string; eventTime: string }[];
    };
    const inOrder = items.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
    return inOrder.map(({ type, reason, message }) => ({ event: `${type} ${reason}`, note: message }));
  }

  /** Wakes the object several times, and says how many writes came of it. */
  async writesWhenWoken(controller: Controller, name: string): Promise<number> {
    const reads = (): number => this.requests.filter(({ verb }) => verb === "get").length;
    const writes = (): number =>
      this.requests.filter(({ verb }) => ["patch", "apply", "create"].includes(verb)).length;
    const before = writes();
    for (let round = 0; round < 5; round += 1) {
      const seen = reads();
      controller.enqueue(this.key(name));
      await eventually(() => reads() > seen, { within: 10_000, every: 20 });
    }
    return writes() - before;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
