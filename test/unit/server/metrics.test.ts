import { expect, test } from "vitest";
import { createMetrics } from "../../../src/server/metrics.ts";
import { serveMetrics } from "../../../src/server/metrics-server.ts";

async function seriesOf(
  registry: ReturnType<typeof createMetrics>["registry"],
): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(" ")),
      Number(line.slice(line.lastIndexOf(" ") + 1)),
    ]),
  );
}

test("every series of a controller and its queue exists at 0, under controller-runtime's names", async () => {
  const { registry, runtime } = createMetrics();
  runtime.controller("jobs").configured(4);
  runtime.queue("jobs").probe({ depth: () => 0, unfinished: () => ({ totalSeconds: 0, longestSeconds: 0 }) });
  const series = await seriesOf(registry);
  const found = [...series].filter(
    ([name]) => /^(?:controller_runtime|workqueue)_/u.test(name) && !name.includes("_bucket"),
  );
  const queue = '{name="jobs",controller="jobs"}';
  expect(Object.fromEntries(found)).toEqual({
    'controller_runtime_reconcile_total{controller="jobs",result="success"}': 0,
    'controller_runtime_reconcile_total{controller="jobs",result="error"}': 0,
    'controller_runtime_reconcile_total{controller="jobs",result="requeue"}': 0,
    'controller_runtime_reconcile_total{controller="jobs",result="requeue_after"}': 0,
    'controller_runtime_reconcile_errors_total{controller="jobs"}': 0,
    'controller_runtime_terminal_reconcile_errors_total{controller="jobs"}': 0,
    'controller_runtime_reconcile_panics_total{controller="jobs"}': 0,
    'controller_runtime_reconcile_timeouts_total{controller="jobs"}': 0,
    'controller_runtime_reconcile_time_seconds_sum{controller="jobs"}': 0,
    'controller_runtime_reconcile_time_seconds_count{controller="jobs"}': 0,
    'controller_runtime_max_concurrent_reconciles{controller="jobs"}': 4,
    'controller_runtime_active_workers{controller="jobs"}': 0,
    [`workqueue_adds_total${queue}`]: 0,
    [`workqueue_retries_total${queue}`]: 0,
    [`workqueue_queue_duration_seconds_sum${queue}`]: 0,
    [`workqueue_queue_duration_seconds_count${queue}`]: 0,
    [`workqueue_work_duration_seconds_sum${queue}`]: 0,
    [`workqueue_work_duration_seconds_count${queue}`]: 0,
    'workqueue_depth{name="jobs",controller="jobs",priority="0"}': 0,
    'workqueue_depth{name="jobs",controller="jobs",priority="-100"}': 0,
    [`workqueue_unfinished_work_seconds${queue}`]: 0,
    [`workqueue_longest_running_processor_seconds${queue}`]: 0,
  });
});

test("what is reported is what is shown", async () => {
  const { registry, runtime, kube } = createMetrics();
  const controller = runtime.controller("jobs");
  controller.finished("error", 0.2);
  controller.failed("panic");
  controller.activeWorkers(1);
  runtime
    .queue("jobs")
    .probe({ depth: (priority) => -priority, unfinished: () => ({ totalSeconds: 5, longestSeconds: 3 }) });
  runtime.reflector("jobs").probe(() => 42);
  runtime.events.recorded("dropped");
  runtime.leader("ns/lease").changed(true);
  kube.requestFinished({ verb: "list", method: "GET", code: "200", host: "h:1", seconds: 0.3 });
  kube.connectionsChanged(2);
  const series = await seriesOf(registry);
  const values = [
    'controller_runtime_reconcile_total{controller="jobs",result="error"}',
    'controller_runtime_reconcile_errors_total{controller="jobs"}',
    'controller_runtime_reconcile_panics_total{controller="jobs"}',
    'controller_runtime_active_workers{controller="jobs"}',
    'workqueue_depth{name="jobs",controller="jobs",priority="-100"}',
    'workqueue_unfinished_work_seconds{name="jobs",controller="jobs"}',
    'workqueue_longest_running_processor_seconds{name="jobs",controller="jobs"}',
    'batchwright_watch_silence_seconds{resource="jobs"}',
    'batchwright_events_total{what="dropped"}',
    'leader_election_master_status{name="ns/lease"}',
    'rest_client_requests_total{code="200",method="GET",host="h:1"}',
    'rest_client_request_duration_seconds_bucket{le="0.25",verb="list",host="h:1"}',
    'rest_client_request_duration_seconds_bucket{le="0.5",verb="list",host="h:1"}',
    "batchwright_kube_connections",
  ].map((name) => series.get(name));
  expect(values).toEqual([1, 1, 1, 1, 100, 5, 3, 42, 1, 1, 1, 0, 1, 2]);
});

test("the metrics are served as text, with those of the process", async () => {
  const { registry } = createMetrics();
  await using server = await serveMetrics({ host: "127.0.0.1", port: 0 }, registry);
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toContain("nodejs_eventloop_lag_p99_seconds ");
});

test("the janitor's rounds are counted by cluster and outcome", async () => {
  const { registry, cleanup } = createMetrics();
  cleanup.directory("c1", "Removed");
  cleanup.directory("c1", "Removed");
  cleanup.directory("c1", "InQueue");
  cleanup.failed("c2");
  const found = [...(await seriesOf(registry))].filter(([name]) => name.startsWith("batchwright_cleanup_"));
  expect(Object.fromEntries(found)).toEqual({
    'batchwright_cleanup_directories_total{cluster="c1",outcome="Removed"}': 2,
    'batchwright_cleanup_directories_total{cluster="c1",outcome="InQueue"}': 1,
    'batchwright_cleanup_failures_total{cluster="c2"}': 1,
  });
});
