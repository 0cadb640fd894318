/**
 * `make chaos FAULTS=n`: breaks real parts under a running operator n times, and has every round judged. Totals add up over runs in a ledger outside
 * the tree; `docs/reliability.md` is written from it, and a copy in the tree for the next machine. $BATCHWRIGHT_LAB names a lab to use, else one is started and ended. A run's plan follows from
 * $BATCHWRIGHT_SEED and the length of the ledger that it began with, $BATCHWRIGHT_LEDGER; both are printed. Ends with 1 when anything was broken.
 */
import { randomInt } from "node:crypto";
import process from "node:process";
import { inspect } from "node:util";
import { commandOutput } from "../lab/command.ts";
import { labCommand, readLab } from "../lab/lab.ts";
import { drawFrom } from "./draw.ts";
import { drawnFaults } from "./kinds/all.ts";
import { addToLedger, countKinds, ledgerFiles, type PlayedRound, publish, readLedger } from "./ledger.ts";
import { type Left, planRound } from "./plan.ts";
import { summaryOf, writeReport } from "./report.ts";
import { playRound } from "./round.ts";
import { openScene } from "./scene.ts";
import { prepareWorkload } from "./scripts.ts";

const labWithin = 1_800_000;
const wanted = Number(process.argv[2] ?? 100);
const only = process.argv.slice(3);
const seed = Number(process.env["BATCHWRIGHT_SEED"] ?? randomInt(2 ** 31));
const lent = process.env["BATCHWRIGHT_LAB"];
const name = lent ?? "chaos";
const faults =
  only.length === 0
    ? drawnFaults
    : drawnFaults.filter(({ kind }) => only.some((word) => kind.includes(word)));
if (faults.length === 0) throw new Error(`no kind of fault has one of these words: ${only.join(", ")}`);

const commit = (await commandOutput("git", ["rev-parse", "--short", "HEAD"])).trim();
await commandOutput(labCommand, ["--name", name, "up", "--quiet"], { within: labWithin });
try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  for (const cause of causesOf(error)) console.error(inspect(cause, { depth: 6 }));
  process.exitCode = 1;
} finally {
  const ledger = await readLedger();
  await publish(ledger);
  await writeReport(ledger);
  if (lent === undefined) await commandOutput(labCommand, ["--name", name, "down"], { within: labWithin });
}

/** @returns whether every round held */
async function run(): Promise<boolean> {
  const ledger = await readLedger();
  const begun = Number(process.env["BATCHWRIGHT_LEDGER"] ?? ledger.length);
  console.log(
    `BATCHWRIGHT_SEED=${seed} BATCHWRIGHT_LEDGER=${begun}, commit ${commit}, ledger ${ledgerFiles().outside}`,
  );
  const draw = drawFrom(seed);
  let left: Left = leftOf(ledger.slice(0, begun));
  let done = 0;
  let isWhole = true;
  await using scene = await openScene(await readLab(name));
  await scene.operator.ensureUp();
  await prepareWorkload(scene);
  for (let round = 0; done < wanted; round += 1) {
    const planned = planRound(faults, left, draw);
    left = planned.left;
    const started = performance.now();
    const result = await playRound(scene, planned.plan, {
      draw: draw.fork(),
      prefix: `r${round}`,
      seed,
      tell: console.log,
    });
    const verdict = result.complaints.length === 0 ? "held" : "broken";
    await addToLedger({
      at: new Date().toISOString(),
      seed,
      round,
      commit,
      verdict,
      complaints: [...result.complaints],
      hits: countKinds(result.hits),
    });
    done += result.hits.length;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `round ${round}: ${result.hits.length} faults hit, ${result.misses.length} missed, ${verdict}, ${seconds} s; ${done} of ${wanted}`,
    );
    for (const complaint of result.complaints) console.log(`  ${complaint}`);
    isWhole &&= verdict === "held";
  }
  return isWhole;
}

function leftOf(ledger: readonly PlayedRound[]): Left {
  return new Map(summaryOf(ledger, faults).map(({ kind, quota, held }) => [kind, quota - held]));
}

/** What went wrong first, and what went wrong in tidying up after it; `inspect` shows neither of the two. */
function causesOf(error: unknown): readonly unknown[] {
  return error instanceof SuppressedError
    ? [...causesOf(error.suppressed), ...causesOf(error.error)]
    : [error];
}
