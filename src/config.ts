import { parseArgs } from "node:util";
import { z } from "zod";

const address = z
  .string()
  .regex(/^(0|[^:\s]*:\d{1,5})$/, 'is an address like ":8080" or "127.0.0.1:8080", or 0 for none')
  .transform((text) =>
    text === "0"
      ? undefined
      : {
          host: text.slice(0, text.lastIndexOf(":")) || "0.0.0.0",
          port: Number(text.slice(text.lastIndexOf(":") + 1)),
        },
  );

const schema = z.strictObject({
  kubeconfig: z.string().min(1).optional(),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "is the name of a namespace")
    .default("batchwright-system"),
  "metrics-bind-address": address.prefault(":8080"),
  "health-probe-bind-address": address.prefault(":8081"),
  "leader-elect": z.boolean().default(false),
  "log-level": z.enum(["debug", "info", "warn", "error"]).default("info"),
  concurrency: z.coerce.number().int().min(1).max(512).default(256),
  "cleanup-interval-seconds": z.coerce.number().int().min(1).max(86_400).default(3600),
});

/** Everything that can be set from outside. Read once, at the start; nothing else reads the environment or the command line. */
export type Config = Readonly<z.infer<typeof schema>>;

export const help = `Usage: batchwright [flags]

  --kubeconfig FILE                  API server and credentials. Default: the pod's ServiceAccount, else $KUBECONFIG or ~/.kube/config
  --namespace NAME                   The operator's own namespace: Secrets of clusters, the Lease. Default: $POD_NAMESPACE or batchwright-system
  --metrics-bind-address ADDRESS     Prometheus metrics. Default :8080; 0 for none
  --health-probe-bind-address ADDR   /healthz and /readyz. Default :8081; 0 for none
  --leader-elect                     Wait for the lead before acting, for more than one replica
  --log-level LEVEL                  debug, info, warn or error. Default info
  --concurrency N                    Submissions in work at a time, 1 to 512. Default 256
  --cleanup-interval-seconds N       Between two rounds that remove old job directories, for clusters with spec.cleanup, 1 to 86400. Default 3600
  --help                             This text
`;

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * @returns undefined when help was asked for
 * @throws ConfigError that names flag and value
 */
export function readConfig(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Config | undefined {
  const { help: isHelp, ...flags } = parseFlags(words);
  if (isHelp === true) return undefined;
  const namespace = flags.namespace ?? environment["POD_NAMESPACE"];
  const parsed = schema.safeParse({ ...flags, ...(namespace === undefined ? {} : { namespace }) });
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  const flag = String(issue?.path[0] ?? "");
  const value = Object.entries(flags).find(([name]) => name === flag)?.[1];
  throw new ConfigError(
    `--${flag}: ${JSON.stringify(value)} is not allowed: ${issue?.message ?? ""}; see --help`,
  );
}

function parseFlags(words: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: false,
      options: {
        kubeconfig: text,
        namespace: text,
        "metrics-bind-address": text,
        "health-probe-bind-address": text,
        "leader-elect": flag,
        "log-level": text,
        concurrency: text,
        "cleanup-interval-seconds": text,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new ConfigError(
      error instanceof Error ? `${error.message}; see --help` : "bad command line; see --help",
    );
  }
}
