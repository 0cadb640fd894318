import { expect, test } from "vitest";
import type { SlurmLogin } from "../../../../src/backends/slurm/backend.ts";
import { type Visit, visitLogin } from "../../../../src/controllers/cleanup/visit.ts";
import { queueOf, ScriptedLogin } from "./scripted-login.ts";

function visitOf(login: ScriptedLogin, changes: Partial<Visit> = {}): Visit {
  return {
    login: login as unknown as SlurmLogin,
    poller: { begunAfter: async () => Promise.resolve(queueOf()) },
    directory: "/home/alice/bw/it",
    after: undefined,
    until: new AbortController().signal,
    standing: () => ({
      install: "it",
      cluster: "c1",
      retentionMs: 30 * 86_400_000,
      isAlone: true,
      isLive: () => false,
    }),
    needed: async () => Promise.resolve(() => false),
    tell: () => undefined,
    ...changes,
  };
}
const call = { signal: new AbortController().signal };

test("when its time is over nothing more is begun, what is under way is waited for, and the page comes again", async () => {
  const login = new ScriptedLogin(600);
  const time = new AbortController();
  const told: string[] = [];
  login.beforeForget = () => {
    if (login.tokens.length < 600 - 256) time.abort();
  };
  const visit = visitOf(login, { until: time.signal, tell: (outcome) => told.push(outcome) });
  const next = await visitLogin(visit, call);
  expect(next).toContain("255-1");
  expect(login.questions).toHaveLength(2);
  expect(told).toHaveLength(600 - login.tokens.length);
  expect(new Set(told)).toEqual(new Set(["Removed"]));
  expect(login.tokens.length).toBeGreaterThan(600 - 512);
});

test("a retention that is made longer while a page is removed counts from then on", async () => {
  const login = new ScriptedLogin(64);
  const { standing, ...rest } = visitOf(login);
  let days = 30;
  login.beforeForget = () => (days = 365);
  const told: string[] = [];
  const longer = (): ReturnType<Visit["standing"]> => {
    const stands = standing();
    return stands && { ...stands, retentionMs: days * 86_400_000 };
  };
  await visitLogin({ ...rest, standing: longer, tell: (outcome) => told.push(outcome) }, call);
  expect(told.filter((outcome) => outcome === "Removed")).toHaveLength(login.forgetSizes[0]!);
  expect(told.filter((outcome) => outcome === "Young")).toHaveLength(64 - login.forgetSizes[0]!);
});
