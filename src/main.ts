import { hostname } from "node:os";
import process from "node:process";
import { ConfigError, type Config, help, readConfig } from "./config.ts";
import { createOperator } from "./operator.ts";
import { openKubeClient } from "./kube/client.ts";
import { createLogger } from "./runtime/logger.ts";
import { runOperator } from "./runtime/lifecycle.ts";
import { stopOnSignals } from "./runtime/signals.ts";
import { serveHealth } from "./server/health.ts";
import { serveMetrics } from "./server/metrics-server.ts";
import { createMetrics } from "./server/metrics.ts";
import { starting, StartError } from "./start-failure.ts";

async function main(config: Config): Promise<void> {
  const logger = createLogger({ level: config["log-level"] });
  using stop = stopOnSignals(process, logger);
  const metrics = createMetrics();
  const source =
    config.kubeconfig === undefined
      ? ({ is: "environment" } as const)
      : ({ is: "kubeconfig", path: config.kubeconfig } as const);
  await using client = await starting(() => openKubeClient({ source, logger, metrics: metrics.kube }));
  const instance = `${hostname()}_${process.pid}`;
  await using operator = await starting(
    async () => createOperator({ client, logger, metrics, config, instance, signal: stop.signal }),
    ` (API server ${client.server})`,
  );
  await using closing = new AsyncDisposableStack();
  const metricsAddress = config["metrics-bind-address"];
  if (metricsAddress !== undefined)
    closing.use(
      await starting(
        async () => serveMetrics(metricsAddress, metrics.registry),
        "; use --metrics-bind-address",
      ),
    );
  const readiness = operator.parts.caches.map((cache) => ({
    name: cache.name,
    isReady: () => cache.hasSynced,
  }));
  const healthAddress = config["health-probe-bind-address"];
  if (healthAddress !== undefined)
    closing.use(
      await starting(
        async () => serveHealth({ ...healthAddress, readiness }),
        "; use --health-probe-bind-address",
      ),
    );
  await starting(async () => runOperator(operator.parts, stop.signal));
}

/** @returns the process's exit code: 2 for a bad command line, 1 for anything else that ends it */
async function run(): Promise<number> {
  try {
    const config = readConfig(process.argv.slice(2), process.env);
    if (config === undefined) process.stdout.write(help);
    else await main(config);
    return 0;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StartError) {
      process.stderr.write(`batchwright: ${error.message}\n`);
      return error instanceof ConfigError ? 2 : 1;
    }
    createLogger().error({ err: error }, "the operator ends");
    return 1;
  }
}

// In so many words: a reconcile that ignores its signal must not go on once the lead is lost or the time to stop is over.
process.exit(await run());
