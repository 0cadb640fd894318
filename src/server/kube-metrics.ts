import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { KubeMetrics } from "../kube/metrics.ts";

/** client-go's buckets of rest_client_request_duration_seconds, as controller-runtime registers them. */
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** `rest_client_*`, under client-go's names, and the number of open connections. */
export function createKubeMetrics(registry: Registry): KubeMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "rest_client_requests_total",
    help: "Number of HTTP requests, partitioned by status code, method, and host.",
    labelNames: ["code", "method", "host"],
    registers,
  });
  const durations = new Histogram({
    name: "rest_client_request_duration_seconds",
    help: "Request latency in seconds, up to the response headers. Broken down by verb, and host.",
    labelNames: ["verb", "host"],
    buckets: requestBuckets,
    registers,
  });
  const connections = new Gauge({
    name: "batchwright_kube_connections",
    help: "Open connections to the API server.",
    registers,
  });
  return {
    requestFinished({ code, method, host, verb, seconds }) {
      requests.inc({ code, method, host });
      durations.observe({ verb, host }, seconds);
    },
    connectionsChanged: (open) => connections.set(open),
  };
}
