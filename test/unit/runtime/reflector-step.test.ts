import { expect, test } from "vitest";
import {
  ExpiredError,
  InvalidError,
  type KubeFailure,
  ServerUnavailableError,
} from "../../../src/kube/errors.ts";
import { keyOf } from "../../../src/kube/key.ts";
import {
  type Effect,
  type ReflectorInput,
  type ReflectorState,
  step,
  type Strategy,
} from "../../../src/runtime/reflector-step.ts";

const request = "watch jobs";
const expired = new ExpiredError("too old", { request });
const down = new ServerUnavailableError("down", { request, delivery: "unclear" });

function item(name: string, resourceVersion: string) {
  return { key: keyOf({ name }), resourceVersion, object: { name } };
}
const put = (name: string, version: string): ReflectorInput => ({ is: "put", item: item(name, version) });
const bookmark = (resourceVersion: string, endsInitialEvents = false): ReflectorInput => ({
  is: "bookmark",
  resourceVersion,
  endsInitialEvents,
});
const failed = (failure: KubeFailure, livedMs = 0): ReflectorInput => ({ is: "failed", failure, livedMs });

/** Runs the machine over inputs; what it said after each. */
function play(strategy: Strategy, inputs: readonly ReflectorInput[]) {
  let state: ReflectorState = { is: "empty", strategy, failures: 0 };
  const commands: string[] = [];
  const effects: Effect[] = [];
  for (const input of inputs) {
    const output = step(state, input);
    state = output.state;
    effects.push(output.effect);
    commands.push(...output.commands.map((c) => ("item" in c ? `${c.is} ${c.item.key}` : c.is)));
  }
  return { state, commands, effects, last: effects.at(-1) };
}

test("a watch list puts what is there, prunes at the marked bookmark, and goes on in the same watch", () => {
  const run = play("watchList", [
    { is: "begin" },
    put("a", "90"),
    bookmark("5"),
    put("b", "3"),
    bookmark("91", true),
    put("c", "92"),
  ]);
  expect(run.commands).toEqual(["beginList", "put a", "put b", "endList", "put c"]);
  expect(run.effects.map((effect) => effect.is)).toEqual(["watch", "read", "read", "read", "read", "read"]);
  expect(run.state).toEqual({ is: "watching", resourceVersion: "92", strategy: "watchList", failures: 0 });
});

test("a paged list follows its continue tokens, prunes at the end, and watches from its version", () => {
  const page = (names: string[], continueToken?: string): ReflectorInput => ({
    is: "page",
    items: names.map((name) => item(name, "1")),
    resourceVersion: "50",
    continueToken,
  });
  const run = play("paged", [{ is: "begin" }, page(["a", "b"], "next"), page(["c"])]);
  expect(run.commands).toEqual(["beginList", "put a", "put b", "put c", "endList"]);
  expect(run.effects).toEqual([
    { is: "list", paged: true, continueToken: undefined },
    { is: "list", paged: true, continueToken: "next" },
    { is: "watch", resourceVersion: "50" },
  ]);
});

test("a continue token that expired makes the next list one whole piece, and only that one", () => {
  const begun: ReflectorInput[] = [{ is: "begin" }, failed(expired)];
  expect(play("paged", begun).last).toEqual({ is: "list", paged: false, continueToken: undefined });
  const page: ReflectorInput = { is: "page", items: [], resourceVersion: "60", continueToken: undefined };
  expect(play("paged", [...begun, page]).state).toMatchObject({ is: "watching", strategy: "paged" });
});

test("a server without watch lists is asked for pages from then on", () => {
  const refused = new InvalidError("sendInitialEvents is forbidden", { request });
  const run = play("watchList", [{ is: "begin" }, failed(refused)]);
  expect(run.last).toEqual({ is: "list", paged: true, continueToken: undefined });
  expect(run.state).toMatchObject({ strategy: "paged", failures: 0 });
});

const watching: readonly ReflectorInput[] = [{ is: "begin" }, bookmark("10", true), put("a", "11")];

test("a broken watch goes on from its last version, later each time", () => {
  const run = play("watchList", [...watching, failed(down), { is: "begin" }, failed(down), { is: "begin" }]);
  const why = "watch jobs: down";
  expect(run.effects.slice(3)).toEqual([
    { is: "wait", failures: 1, atLeastMs: 0, why },
    { is: "watch", resourceVersion: "11" },
    { is: "wait", failures: 2, atLeastMs: 0, why },
    { is: "watch", resourceVersion: "11" },
  ]);
});

test("bookmarks move the version on", () => {
  expect(play("watchList", [...watching, bookmark("40"), failed(down), { is: "begin" }]).last).toEqual({
    is: "watch",
    resourceVersion: "40",
  });
});

test("a watch that was healthy fails for the first time again, and 410 then loses no time", () => {
  const worn: readonly ReflectorInput[] = [...watching, failed(down), { is: "begin" }];
  expect(play("watchList", [...worn, failed(down, 120_000)]).last).toMatchObject({ is: "wait", failures: 1 });
  expect(play("watchList", [...worn, failed(expired, 120_000)]).last).toEqual({
    is: "watch",
    resourceVersion: undefined,
  });
});

test("410 lists anew at once, and when it is said again, after a wait", () => {
  const once = play("watchList", [...watching, failed(expired)]);
  expect(once.last).toEqual({ is: "watch", resourceVersion: undefined });
  expect(once.commands.at(-1)).toBe("beginList");
  const again = play("watchList", [...watching, failed(expired), failed(expired)]);
  expect(again.last).toMatchObject({ is: "wait", failures: 2 });
  expect(again.state.is).toBe("empty");
});

test("a version that the server does not know yet means that its history was set back: list anew", () => {
  const future = new ServerUnavailableError("too large", {
    request,
    delivery: "unclear",
    causes: [{ reason: "ResourceVersionTooLarge", field: undefined, message: "Too large resource version" }],
  });
  expect(play("watchList", [...watching, failed(future)]).last).toEqual({
    is: "watch",
    resourceVersion: undefined,
  });
});

test("the ordinary end of a watch opens the next at once, an end right after the start waits", () => {
  expect(play("watchList", [...watching, { is: "ended", livedMs: 400_000 }]).last).toEqual({
    is: "watch",
    resourceVersion: "11",
  });
  expect(play("watchList", [...watching, { is: "ended", livedMs: 20 }]).last).toMatchObject({ is: "wait" });
});

test("a watch list that ends before its mark starts over and prunes nothing", () => {
  const run = play("watchList", [
    { is: "begin" },
    put("a", "1"),
    { is: "ended", livedMs: 5_000 },
    { is: "begin" },
  ]);
  expect(run.commands).toEqual(["beginList", "put a", "beginList"]);
  expect(run.last).toEqual({ is: "watch", resourceVersion: undefined });
});

test("silence is answered with a new list", () => {
  const run = play("watchList", [...watching, { is: "idle" }, { is: "begin" }]);
  expect(run.effects.slice(-2)).toEqual([
    { is: "wait", failures: 1, atLeastMs: 0, why: "the watch fell silent" },
    { is: "watch", resourceVersion: undefined },
  ]);
});

test("what the server asks to wait is passed on", () => {
  const busy = new ServerUnavailableError("busy", { request, delivery: "unclear", retryAfterMs: 7_000 });
  expect(play("watchList", [...watching, failed(busy)]).last).toMatchObject({ is: "wait", atLeastMs: 7_000 });
});
