import { expect, test } from "vitest";
import { slurmCluster } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { isAlone, loginDirectories } from "../../../../src/controllers/cleanup/logins.ts";

const login = (user: string) => ({ user, credentialsSecretRef: { name: user } });
const cluster = (workDirectory: string, users: readonly string[] = ["alice", "bob", "alice"]) =>
  slurmCluster.parse({
    metadata: {
      name: "c1",
      uid: "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      ssh: { hosts: ["h"], knownHosts: "h ssh-ed25519 A" },
      workDirectory,
      observer: login("watcher"),
      tenants: users.map((user, index) => ({
        name: `t${index}`,
        namespaces: [`n${index}`],
        login: login(user),
      })),
    },
  });

test("each login has its directory, once, the observer's at the end", () => {
  expect(
    loginDirectories(cluster("/home/%u/bw").spec, "it").map((at) => [at.login.user, at.directory]),
  ).toEqual([
    ["alice", "/home/alice/bw/it"],
    ["bob", "/home/bob/bw/it"],
    ["watcher", "/home/watcher/bw/it"],
  ]);
});

test("a directory is alone when no login of another cluster comes to the same path", () => {
  const others = (...all: readonly (ReturnType<typeof cluster> | undefined)[]) =>
    isAlone("/home/alice/bw/it", all, "it");
  expect(others()).toBe(true);
  expect(others(cluster("/scratch/%u/bw"), cluster("/home/%u/bw", ["carol"]))).toBe(true);
  expect(others(cluster("/home/alice/bw/", ["carol"]))).toBe(false);
  expect(others(cluster("/home/%u/bw"))).toBe(false);
});

test("a cluster that has not been looked at yet might be anywhere", () => {
  expect(isAlone("/home/alice/bw/it", [undefined], "it")).toBe(false);
});
