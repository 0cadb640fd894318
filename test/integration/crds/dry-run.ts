import { readFile } from "node:fs/promises";
import { Agent } from "undici";
import { parse } from "yaml";
import { z } from "zod";
import { apiVersion } from "../../../src/api/group.ts";
import type { KindDefinition } from "../../../src/api/v1alpha1/definition.ts";
import type { Lab } from "../../lab/lab.ts";

const kubeconfig = z.object({
  users: z.tuple([
    z.object({ user: z.object({ "client-certificate": z.string(), "client-key": z.string() }) }),
  ]),
});

/** `metav1.Status` of an object that was refused. */
const refusal = z.object({
  message: z.string(),
  details: z.object({
    causes: z.array(z.object({ field: z.string().default(""), message: z.string() })).default([]),
  }),
});

export interface Question {
  readonly definition: KindDefinition;
  readonly namespace: string;
  readonly name: string;
  readonly spec: object;
}

/**
 * Asks the API server what it would say to objects; it keeps none of them. Without kubectl, which would take a process a question
 * and gives the causes of a refusal as one text.
 */
export async function openDryRun(lab: Lab) {
  const { users } = kubeconfig.parse(parse(await readFile(lab.kube.kubeconfig, "utf8")));
  const [{ user }] = users;
  const dispatcher = new Agent({
    connect: {
      ca: await readFile(lab.kube.caCertificate),
      cert: await readFile(user["client-certificate"]),
      key: await readFile(user["client-key"]),
    },
  });

  /** The causes of the refusal, one a line; nothing when the object would be taken. */
  const ask = async ({ definition, namespace, name, spec }: Question): Promise<string> => {
    const { kind, plural, scope } = definition;
    const place = scope === "Cluster" ? plural : `namespaces/${namespace}/${plural}`;
    const { statusCode, body } = await dispatcher.request({
      origin: lab.kube.server,
      path: `/apis/${apiVersion}/${place}?dryRun=All&fieldValidation=Strict`,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ apiVersion, kind, metadata: { name }, spec }),
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
    });
    const answer = await body.json();
    if (statusCode === 201) return "";
    const { message, details } = refusal.parse(answer);
    // Without a field: the note that rules were not looked at because the types are wrong.
    const causes = details.causes.filter(({ field }) => field !== "<nil>");
    return causes.length === 0
      ? message
      : causes.map((cause) => `${cause.field}: ${cause.message}`).join("\n");
  };
  return { ask, [Symbol.asyncDispose]: async () => dispatcher.close() };
}
