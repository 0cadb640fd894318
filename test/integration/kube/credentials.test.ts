import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { openKubeClient } from "../../../src/kube/client.ts";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject, writtenObject } from "../../../src/kube/metadata.ts";
import type { Resource } from "../../../src/kube/resource.ts";
import { mintToken } from "../../lab/kubectl.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";
import { type Bench, configMaps, kubeLab, openBench, silent } from "./bench.ts";

const serviceAccounts: Resource = {
  group: "",
  version: "v1",
  plural: "serviceaccounts",
  kind: "ServiceAccount",
  namespaced: true,
};
const selfSubjectReviews: Resource = {
  group: "authentication.k8s.io",
  version: "v1",
  plural: "selfsubjectreviews",
  kind: "SelfSubjectReview",
  namespaced: false,
};
const review = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

let bench: Bench;
let folder: string;
beforeAll(async () => {
  bench = await openBench();
  folder = await mkdtemp(join(tmpdir(), "kube-credentials-"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
  await bench[Symbol.asyncDispose]();
});

async function whoAmI(client: Bench["client"]): Promise<string> {
  const answer = await client.create(selfSubjectReviews, { object: {} }, review);
  return answer.status.userInfo.username;
}

/** As the kubelet and the certificate tools do it: a new file in the place of the old one. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

test("a pod's token is read again as soon as the old one is refused, and a missing right is Forbidden", async () => {
  const { kube } = kubeLab();
  const { namespace } = bench;
  const account = { namespace, name: "operator" };
  await bench.direct.create(
    serviceAccounts,
    { namespace, object: { metadata: { name: account.name } } },
    writtenObject,
  );
  const place = join(folder, "pod", "var/run/secrets/kubernetes.io/serviceaccount");
  await mkdir(place, { recursive: true });
  await cp(kube.caCertificate, join(place, "ca.crt"));
  await writeFile(join(place, "token"), "expired");
  vi.stubEnv("KUBERNETES_SERVICE_HOST", "127.0.0.1");
  vi.stubEnv("KUBERNETES_SERVICE_PORT", String(kube.port));
  await using client = openKubeClient({
    source: { is: "inCluster", root: join(folder, "pod") },
    logger: silent,
  });

  await expect(whoAmI(client)).rejects.toMatchObject({ is: "Unauthorized" });
  await replaceFile(join(place, "token"), await mintToken({ kube }, account));
  expect(await whoAmI(client)).toBe(`system:serviceaccount:${namespace}:operator`);
  await expect(client.list(configMaps, { namespace }, kubeObject)).rejects.toMatchObject({ is: "Forbidden" });
});

test("a new client certificate opens new connections and closes the old ones when they are idle", async () => {
  const { kube } = kubeLab();
  await using proxy = await TcpProxy.to(kube.port);
  const pki = dirname(kube.caCertificate);
  const pem = async (name: string) => readFile(join(pki, name), "utf8");
  const [crt, key] = [join(folder, "client.crt"), join(folder, "client.key")];
  await writeFile(crt, await pem("admin.crt"));
  await writeFile(key, await pem("admin.key"));
  const path = join(folder, "kubeconfig");
  const text = (await readFile(kube.kubeconfig, "utf8"))
    .replace(join(pki, "admin.crt"), crt)
    .replace(join(pki, "admin.key"), key)
    .replace(kube.server, `https://127.0.0.1:${proxy.port}`);
  await writeFile(path, text);
  await using client = openKubeClient({
    source: { is: "kubeconfig", path },
    logger: silent,
    credentialsFreshMs: 0,
  });
  const query = { namespace: bench.namespace, initialEvents: true, timeoutSeconds: 300 };
  const watch = client.watch(configMaps, query)[Symbol.asyncIterator]();
  await watch.next();
  expect(await whoAmI(client)).toBe("admin");
  expect(proxy.accepted).toBe(2);
  await replaceFile(crt, await pem("controller-manager.crt"));
  await replaceFile(key, await pem("controller-manager.key"));
  expect(await whoAmI(client)).toBe("system:kube-controller-manager");
  await vi.waitFor(() => expect(proxy).toMatchObject({ accepted: 3, open: 2 }));
  // The watch that was open goes on over its old connection.
  await bench.put("seen-by-the-old-watch", {});
  const name = "seen-by-the-old-watch";
  for (let next = await watch.next(); !JSON.stringify(next).includes(name); next = await watch.next()) {
    expect(next.done).not.toBe(true);
  }
  await watch.return?.();
});

test("a server that our CA does not vouch for is not spoken to, and the message says why", async () => {
  const { kube } = kubeLab();
  const path = join(folder, "strange");
  const text = await readFile(kube.kubeconfig, "utf8");
  await writeFile(path, text.replace(/certificate-authority: "[^"]+"/u, "insecure-skip-tls-verify: false"));
  await using client = openKubeClient({ source: { is: "kubeconfig", path }, logger: silent });
  const reading = client.get(configMaps, keyOf({ namespace: "default", name: "x" }), kubeObject, {
    timeoutMs: 2_000,
  });
  await expect(reading).rejects.toMatchObject({
    is: "ServerUnavailable",
    delivery: "never",
    message: expect.stringContaining("was not trusted") as string,
  });
});

test("without a kubeconfig the error names the file", () => {
  expect(() =>
    openKubeClient({ source: { is: "kubeconfig", path: "/no/such/kubeconfig" }, logger: silent }),
  ).toThrow("/no/such/kubeconfig");
});
