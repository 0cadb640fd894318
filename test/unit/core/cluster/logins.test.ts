import { expect, test } from "vitest";
import type { SlurmClusterSpec, Tenant } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { loginsOf, watcherOf, watchersOf } from "../../../../src/core/cluster/logins.ts";

const login = (user: string, name: string = user) => ({ user, credentialsSecretRef: { name } });
const tenant = (name: string, user: string): Tenant => ({
  name,
  namespaces: [name],
  login: login(user, name),
});
const basis: SlurmClusterSpec = {
  ssh: { hosts: ["login1"], knownHosts: "login1 ssh-ed25519 AAAA" },
  workDirectory: "/scratch/%u",
};
const tenants = [tenant("physics", "alice"), tenant("chemistry", "bob"), tenant("biology", "alice")];
const users = (logins: readonly { user: string }[]): string[] => logins.map(({ user }) => user);

test("an observer looks for everybody", () => {
  const spec = { ...basis, tenants, observer: login("watch") };
  expect(watchersOf(spec)).toEqual([login("watch")]);
  expect(watcherOf(spec, "bob")).toEqual(login("watch"));
  expect(watcherOf(spec, "nobody")).toEqual(login("watch"));
  expect(users(loginsOf(spec))).toEqual(["alice", "bob", "watch"]);
});

test("without an observer each login of a tenant looks for itself, once however many tenants have it", () => {
  const spec = { ...basis, tenants };
  expect(watchersOf(spec)).toEqual([login("alice", "physics"), login("bob", "chemistry")]);
  expect(watcherOf(spec, "bob")).toEqual(login("bob", "chemistry"));
  expect(watcherOf(spec, "nobody")).toBeUndefined();
});

test("an observer that is a tenant's login, too, is named once", () => {
  expect(users(loginsOf({ ...basis, tenants, observer: login("bob") }))).toEqual(["alice", "bob"]);
});

test("without either there is nobody", () => {
  expect(watchersOf(basis)).toEqual([]);
});
