import { instant } from "../../../../src/core/instant.ts";
import { expect, test } from "vitest";
import {
  submissionIndexes,
  type SubmissionIndex,
  type SubmissionView,
} from "../../../../src/controllers/submission/submissions.ts";
import { concernedBy } from "../../../../src/controllers/submission/woken.ts";
import { keyOf } from "../../../../src/kube/key.ts";
import { Store } from "../../../../src/runtime/store.ts";
import { clusterOf } from "../cluster/cluster-of.ts";

/** Live submissions as `namespace/name`, on c1 if nothing else is said. */
function submissions(views: Readonly<Record<string, { sentAs?: string; cluster?: string }>>) {
  const store = new Store<SubmissionView, SubmissionIndex>({ indexes: submissionIndexes });
  for (const [path, { sentAs, cluster = "c1" }] of Object.entries(views)) {
    const [namespace, name = ""] = path.split("/");
    store.put(keyOf({ namespace, name }), "1", {
      uid: path,
      cluster,
      script: "s",
      dependsOn: [],
      tokens: [],
      sentAs,
      phase: undefined,
      isStarted: false,
      text: undefined,
      seenAt: instant(0),
    });
  }
  return { store };
}

const live = submissions({
  "alice/sent": { sentAs: "alice" },
  "alice/waits": {},
  "alice/elsewhere": { cluster: "c2" },
  "alice/sent-elsewhere": { cluster: "c2", sentAs: "alice" },
  "bob/sent": { sentAs: "bob" },
  "bob/waits": {},
  // Of a tenant that ran as alice when this was sent.
  "former/sent": { sentAs: "alice" },
  "labelled/waits": {},
});

const concerned = (users: readonly string[], tenants: Parameters<typeof clusterOf>[0]["tenants"]) =>
  concernedBy(live, "c1", { is: "logins", users: new Set(users), object: clusterOf({ tenants }) }).toSorted();

test("a change of the whole cluster concerns all who name it", () => {
  expect(concernedBy(live, "c2", { is: "whole" }).toSorted()).toEqual([
    "alice/elsewhere",
    "alice/sent-elsewhere",
  ]);
});

test("a change of one login concerns who was sent as it, and who waits in a namespace that runs as it", () => {
  expect(concerned(["alice"], ["alice", "bob"])).toEqual(["alice/sent", "alice/waits", "former/sent"]);
  expect(concerned(["bob"], ["alice", "bob"])).toEqual(["bob/sent", "bob/waits"]);
});

test("a tenant that takes in namespaces by label may be that of any submission that waits", () => {
  const tenants = ["alice", { name: "group", user: "carol", labels: { team: "physics" } }];
  expect(concerned(["carol"], tenants)).toEqual(["alice/waits", "bob/waits", "labelled/waits"]);
});

test("a login that no tenant has concerns who was sent as it", () => {
  expect(concerned(["alice"], ["bob"])).toEqual(["alice/sent", "former/sent"]);
});
