import { type HttpServer, type ListenAddress, serveRoutes, text } from "./http-server.ts";

/** One condition of readiness; `name` is what a person reads when it does not hold. */
export interface ReadinessCheck {
  readonly name: string;
  isReady(): boolean;
}

export interface HealthOptions extends ListenAddress {
  /** Ready when all hold: caches are filled. Being the leader is no condition, or a second replica would never be ready. */
  readonly readiness: readonly ReadinessCheck[];
}

/** `/healthz`: the event loop answers. `/readyz`: every check holds, else 503 with the names of those that do not. */
export async function serveHealth(options: HealthOptions): Promise<HttpServer> {
  return serveRoutes(options, {
    "/healthz": () => text(200, "ok"),
    "/readyz": () => {
      const missing = options.readiness.filter((check) => !check.isReady()).map((check) => check.name);
      return missing.length === 0 ? text(200, "ok") : text(503, `not ready: ${missing.join(", ")}`);
    },
  });
}
