import { expect, test } from "vitest";
import { failureOf, watchFailureOf } from "../../../src/kube/status.ts";

const request = "get configmaps a/b";

function status(fields: object): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", ...fields });
}

const cases: readonly (readonly [what: string, code: number, body: string, is: string])[] = [
  ["an object is missing", 404, status({ reason: "NotFound", details: { name: "b" } }), "NotFound"],
  ["a resource is missing in a known group", 404, status({ reason: "NotFound", details: {} }), "NotServed"],
  ["a group is missing", 404, "404 page not found\n", "NotServed"],
  ["a name is taken", 409, status({ reason: "AlreadyExists" }), "AlreadyExists"],
  ["the object moved on", 409, status({ reason: "Conflict" }), "Conflict"],
  ["the schema refuses", 422, status({ reason: "Invalid" }), "Invalid"],
  ["the body is too large", 413, "", "Refused"],
  ["a right is missing", 403, status({ reason: "Forbidden" }), "Forbidden"],
  ["the token is old", 401, status({ reason: "Unauthorized" }), "Unauthorized"],
  ["the version is gone", 410, status({ reason: "Expired" }), "Expired"],
  ["it is too much", 429, status({ reason: "TooManyRequests" }), "TooManyRequests"],
  ["etcd has no leader", 500, status({ message: "etcdserver: no leader" }), "ServerUnavailable"],
  ["a balancer has no backend", 503, "<html>503</html>", "ServerUnavailable"],
];

test.each(cases)("when %s the failure says so", (_what, code, body, is) => {
  const failure = failureOf({ request, status: code, body, retryAfter: undefined });
  expect(failure).toMatchObject({ is, status: code, request });
});

test("causes, reason and subject of a Status are kept, the message is for a person", () => {
  const body = status({
    message: 'ConfigMap "B" is invalid',
    reason: "Invalid",
    details: {
      name: "B",
      kind: "ConfigMap",
      causes: [{ reason: "FieldValueInvalid", field: "metadata.name", message: "lower case" }],
    },
  });
  const failure = failureOf({ request, status: 422, body, retryAfter: undefined });
  expect(failure.message).toBe('get configmaps a/b: ConfigMap "B" is invalid (HTTP 422)');
  expect(failure).toMatchObject({
    name: "InvalidError",
    reason: "Invalid",
    about: { kind: "ConfigMap", name: "B" },
    causes: [{ reason: "FieldValueInvalid", field: "metadata.name", message: "lower case" }],
  });
});

test("how long to wait is read from the header, else from the Status", () => {
  const body = status({ reason: "ServerTimeout", details: { retryAfterSeconds: 3 } });
  const wait = (retryAfter: string | undefined) =>
    failureOf({ request, status: 500, body, retryAfter }).retryAfterMs;
  expect([wait("1"), wait("0"), wait(undefined), wait("Wed, 21 Oct 2026 07:28:00 GMT")]).toEqual([
    1000, 0, 3000, 3000,
  ]);
});

test("an ERROR event of a watch is the failure that its Status names; an unknown one is the server's", () => {
  const expired = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
  expect(watchFailureOf("watch jobs", expired).is).toBe("Expired");
  expect(watchFailureOf("watch jobs", { odd: true }).is).toBe("ServerUnavailable");
});
