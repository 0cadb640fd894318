import { z } from "zod";
import type { Login, SlurmClusterSpec } from "../../api/v1alpha1/slurm-cluster.ts";
import type { KubeClient } from "../../kube/client.ts";
import { ForbiddenError } from "../../kube/errors.ts";
import { keyOf } from "../../kube/key.ts";
import { secrets } from "../resources.ts";
import { LoginError } from "./clusters.ts";

const base64 = z.string().transform((text) => Buffer.from(text, "base64"));
const sshSecret = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.object({ "ssh-privatekey": base64.optional(), passphrase: base64.optional() }).default({}),
});

/** Bytes that go into the session and nowhere else. */
export interface Credentials {
  readonly privateKey: Buffer;
  readonly passphrase?: Buffer;
  /** Changes when the Secret does: a rotated key needs a new session. */
  readonly version: string;
}

/** All that is needed to get in as one login. */
export interface WayIn extends Credentials {
  /** Where there is a jump host. */
  readonly jump?: Credentials;
}

/** Reads the login's Secret and, where there is a jump host, that one's. @throws LoginError as `readCredentials` */
export async function readWayIn(
  client: KubeClient,
  from: { namespace: string; login: Login; jump: SlurmClusterSpec["ssh"]["jump"] },
  signal: AbortSignal,
): Promise<WayIn> {
  const { namespace, login } = from;
  const own = await readCredentials(client, { namespace, login, what: `login ${login.user}` }, signal);
  if (from.jump === undefined) return own;
  const { user, host } = from.jump;
  const way = { namespace, login: from.jump, what: `${user} on jump host ${host} (spec.ssh.jump)` };
  const jump = await readCredentials(client, way, signal);
  return { ...own, jump, version: `${own.version} ${jump.version}` };
}

/** What a log must not show of it: passphrases, and the lines of the keys. */
export function secretsIn({ jump, ...own }: WayIn): readonly string[] {
  return [own, ...(jump === undefined ? [] : [jump])].flatMap(({ privateKey, passphrase }) => [
    ...(passphrase === undefined ? [] : [passphrase.toString("utf8")]),
    ...privateKey
      .toString("utf8")
      .split(/\r?\n/u)
      .filter((line) => line.length >= shortestKeyLine && !line.startsWith("-----")),
  ]);
}

/** The last line of a key may be so short that it is one of any text. */
const shortestKeyLine = 16;

interface SecretOf {
  readonly namespace: string;
  readonly login: Pick<Login, "credentialsSecretRef">;
  /** Whose key it holds, for messages. */
  readonly what: string;
}

/** Reads one Secret by name from the operator's own namespace. @throws LoginError when it is missing or holds no key */
async function readCredentials(
  client: KubeClient,
  from: SecretOf,
  signal: AbortSignal,
): Promise<Credentials> {
  const { namespace, login, what } = from;
  const { name } = login.credentialsSecretRef;
  const secret = await findSecret(client, from, signal);

  if (secret === undefined) {
    throw new LoginError(
      `there is no Secret "${name}" in namespace "${namespace}" for ${what}; create it: kubectl -n ${namespace} create secret generic ${name} --from-file=ssh-privatekey=FILE`,
    );
  }
  const privateKey = secret.data["ssh-privatekey"];
  if (privateKey === undefined || privateKey.length === 0) {
    throw new LoginError(
      `Secret "${name}" in namespace "${namespace}" has no key "ssh-privatekey"; put the private key of ${what} there`,
    );
  }
  const { passphrase } = secret.data;
  return {
    privateKey,
    ...(passphrase === undefined ? {} : { passphrase }),
    version: secret.metadata.resourceVersion,
  };
}

/** A right that is missing is as good as a Secret that is missing: an admin can give it. */
async function findSecret(client: KubeClient, { namespace, login, what }: SecretOf, signal: AbortSignal) {
  const { name } = login.credentialsSecretRef;
  try {
    return await client.find(secrets, keyOf({ namespace, name }), sshSecret, { signal });
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    throw new LoginError(
      `the operator may not read Secrets in namespace "${namespace}" (${what}); apply its Role and RoleBinding (config/rbac) in that namespace`,
      { cause: error },
    );
  }
}
