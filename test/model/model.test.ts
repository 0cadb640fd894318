import process from "node:process";
import { describe, expect, test } from "vitest";
import { check } from "./spin.ts";
import { optionsText, table, type Row } from "./table.ts";

const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
const isDeep = process.env["BATCHWRIGHT_MODEL"] === "deep";
const within = 900_000;
const rows = table.filter(({ cost }) => isDeep || cost === "quick" || (cost === "full" && isFull));

function tell(
  { options, without }: Row,
  found: { states: number; seconds: number; broken: string | undefined },
) {
  const what = without === undefined ? "the protocol" : `without ${without}`;
  const how = found.broken ?? "no errors";
  console.log(`${what}, ${optionsText(options)}: ${found.states} states, ${found.seconds} s, ${how}`);
}

describe.concurrent("every state that can be reached", () => {
  const whole = rows.filter(({ without }) => without === undefined);
  test.for(whole.map((row) => [optionsText(row.options), row] as const))(
    "keeps all properties: %s",
    { timeout: within },
    async ([, row]) => {
      const found = await check(row, within);
      tell(row, found);
      expect(found.broken).toBeUndefined();
    },
  );
});

describe.concurrent("a rule is needed: without it a property breaks", () => {
  const mutants = rows.filter(({ without }) => without !== undefined);
  test.for(mutants.map((row) => [row.without ?? "", row] as const))(
    "%s",
    { timeout: within },
    async ([, row]) => {
      const found = await check(row, within);
      tell(row, found);
      expect(found.broken, `taking out ${row.without} does no harm that the model can see`).toBeDefined();
    },
  );
});
