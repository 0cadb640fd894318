import { group } from "./api/group.ts";
import type { Config } from "./config.ts";
import { createJanitor } from "./controllers/cleanup/janitor.ts";
import { createClusterController } from "./controllers/cluster/create.ts";
import { readInstallId } from "./controllers/install.ts";
import { createScriptController } from "./controllers/script/create.ts";
import { reflectScripts } from "./controllers/script/scripts.ts";
import { createExpiryController } from "./controllers/expiry/create.ts";
import { reflectExpiring } from "./controllers/expiry/expired-submissions.ts";
import { createSubmissionController } from "./controllers/submission/create.ts";
import { reflectSubmissions } from "./controllers/submission/submissions.ts";
import { createTemplateController } from "./controllers/template/create.ts";
import { reflectTemplates } from "./controllers/template/templates.ts";
import type { KubeClient } from "./kube/client.ts";
import { keyOf } from "./kube/key.ts";
import { logEvents } from "./runtime/event-log.ts";
import { createEventRecorder } from "./runtime/event-recorder.ts";
import { createLeaderElection } from "./runtime/leader-election.ts";
import type { OperatorParts } from "./runtime/lifecycle.ts";
import type { Logger } from "./runtime/logger.ts";
import type { OperatorMetrics } from "./server/metrics.ts";
import { readVersion } from "./version.ts";

export interface OperatorOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: OperatorMetrics;
  readonly config: Config;
  /** Which process, for events and the lease. */
  readonly instance: string;
  readonly signal: AbortSignal;
}

/** Everything that runs, wired. Disposing closes the connections to the clusters. */
export interface Operator extends AsyncDisposable {
  readonly parts: OperatorParts;
}

export async function createOperator(options: OperatorOptions): Promise<Operator> {
  const { client, logger, config } = options;
  const { namespace } = config;
  const metrics = options.metrics.runtime;
  const install = await readInstallId(client, namespace, options.signal);
  logger.info({ version: readVersion(), install, namespace, server: client.server }, "the operator starts");
  const recorder = createEventRecorder({
    client,
    logger,
    metrics: metrics.events,
    reporter: { controller: `${group}/operator`, instance: options.instance },
  });
  const events = logEvents(recorder, logger);
  const submissions = reflectSubmissions({ client, logger, metrics });
  const templates = reflectTemplates({ client, logger, metrics });
  const scripts = reflectScripts({ client, logger, metrics });
  const template = createTemplateController({ client, logger, metrics, events, templates });
  const script = createScriptController({ client, logger, metrics, events, scripts, templates });
  const clusters = createClusterController({
    client,
    logger,
    metrics,
    events,
    namespace,
    install,
    submissions,
    clusterMetrics: options.metrics.clusters,
  });
  const submission = createSubmissionController({
    client,
    logger,
    metrics,
    events,
    clusters: clusters.registry,
    submissions,
    scripts,
    wakeScript: (key) => script.enqueue(key),
    install,
    concurrency: config.concurrency,
  });
  clusters.subscribeTokens(submission.wakeTokens);
  const expiring = reflectExpiring({ client, logger, metrics });
  const expiry = createExpiryController({ client, logger, metrics, events, expiring, submissions });
  const janitor = createJanitor({
    client,
    logger,
    events,
    install,
    submissions,
    clusters: clusters.registry,
    clusterNames: () => clusters.reflector.store.keys(),
    metrics: options.metrics.cleanup,
    intervalMs: config["cleanup-interval-seconds"] * 1000,
  });
  const election = config["leader-elect"]
    ? createLeaderElection({
        client,
        logger,
        metrics,
        key: keyOf({ namespace, name: "batchwright" }),
        identity: options.instance,
      })
    : undefined;
  return {
    parts: {
      caches: [templates, scripts, submissions, expiring, clusters.reflector],
      controllers: [template, script, clusters.controller, submission.controller, expiry],
      services: [janitor],
      events,
      logger,
      ...(election === undefined ? {} : { election }),
    },
    [Symbol.asyncDispose]: async () => clusters.registry.close(),
  };
}
