import { group } from "../../src/api/group.ts";
import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";

/** `rbac.authorization.k8s.io/v1` PolicyRule. */
export interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rules of one role. `aggregateTo` adds them to Kubernetes' own role of that name. */
export interface AccessRole {
  readonly name: string;
  readonly scope: "Cluster" | "OwnNamespace";
  readonly rules: readonly AccessRule[];
  readonly aggregateTo?: "view" | "edit";
}

const read = ["get", "list", "watch"];
const write = ["create", "update", "patch", "delete", "deletecollection"];

/** Every role of an installation: the operator's own, then those that an administrator gives to people. */
export function listRoles(definitions: readonly KindDefinition[]): AccessRole[] {
  const namespaced = definitions.filter(({ scope }) => scope === "Namespaced").map(({ plural }) => plural);
  return [
    { name: "operator", scope: "Cluster", rules: operatorRules(definitions) },
    { name: "operator", scope: "OwnNamespace", rules: ownNamespaceRules },
    { name: "viewer", scope: "Cluster", rules: [ours(namespaced, read)], aggregateTo: "view" },
    {
      name: "submitter",
      scope: "Cluster",
      rules: [ours(["jobscripts", "jobsubmissions"], write)],
      aggregateTo: "edit",
    },
    // Not aggregated: whoever writes templates decides what others run.
    { name: "template-editor", scope: "Cluster", rules: [ours(["jobtemplates"], [...read, ...write])] },
  ];
}

/** Least of what the controllers do. No Secret anywhere but in the operator's own namespace, and none is ever listed. */
function operatorRules(definitions: readonly KindDefinition[]): AccessRule[] {
  const kinds = definitions.map(({ plural }) => plural);
  const below = (part: string) => kinds.map((plural) => `${plural}/${part}`);
  return [
    ours(kinds, [...read, "patch"]),
    ours(below("status"), ["patch"]),
    // An owner reference that holds up the owner's deletion needs this (OwnerReferencesPermissionEnforcement).
    ours(below("finalizers"), ["update"]),
    ours(["jobscripts"], ["create"]),
    // Those that their owner wants deleted after a while, and no others.
    ours(["jobsubmissions"], ["delete"]),
    { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "create"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  ];
}

const ownNamespaceRules: readonly AccessRule[] = [
  { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "patch"] },
];

const ours = (resources: readonly string[], verbs: readonly string[]): AccessRule => ({
  apiGroups: [group],
  resources,
  verbs,
});

/** The role as an object of its own, for kustomize. */
export function buildRole(role: AccessRole): object {
  const { name, scope, rules, aggregateTo } = role;
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: scope === "Cluster" ? "ClusterRole" : "Role",
    metadata: { name: `batchwright-${name}`, ...labelsFor(aggregateTo) },
    rules,
  };
}

const labelsFor = (aggregateTo: AccessRole["aggregateTo"]) =>
  aggregateTo === undefined
    ? {}
    : { labels: { [`rbac.authorization.k8s.io/aggregate-to-${aggregateTo}`]: "true" } };
