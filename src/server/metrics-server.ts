import type { Registry } from "prom-client";
import { type HttpServer, type ListenAddress, serveRoutes } from "./http-server.ts";

/** `/metrics` in Prometheus' text format. */
export async function serveMetrics(address: ListenAddress, registry: Registry): Promise<HttpServer> {
  return serveRoutes(address, {
    "/metrics": async () => ({
      status: 200,
      contentType: registry.contentType,
      body: await registry.metrics(),
    }),
  });
}
