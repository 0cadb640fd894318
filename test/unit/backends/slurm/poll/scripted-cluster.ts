import type {
  CommandOutcome,
  RemoteCommand,
  RemoteCommands,
} from "../../../../../src/backends/slurm/poll/remote-commands.ts";
import { queueFields, type QueueField } from "../../../../../src/backends/slurm/poll/queue-fields.ts";
import { tokenOf, type Token } from "../../../../../src/core/slurm/token.ts";

export const install = "test";
export const tokenAt = (index: number): Token =>
  tokenOf({ install, uid: "11111111-2222-4333-8444-555555555555", index });

export type QueueTexts = Readonly<Record<QueueField, string>>;

/** A row as squeue prints it; what a test is about is given. */
export function queueTexts(given: Partial<QueueTexts> & { readonly token?: Token } = {}): QueueTexts {
  const { token = tokenAt(1), ...texts } = given;
  return {
    ArrayJobID: "8",
    ArrayTaskID: "N/A",
    HetJobID: "N/A",
    HetJobOffset: "N/A",
    UserName: "alice",
    State: "RUNNING",
    Reason: "None",
    Partition: "main",
    NodeList: "n1",
    SubmitTime: "1000",
    StartTime: "1001",
    EndTime: "4601",
    TimeLimit: "1:00:00",
    PriorityLong: "4294901759",
    Reservation: "(null)",
    RestartCnt: "0",
    exit_code: "0",
    Command: `/home/alice/bw/${install}/${token}/batch.sh`,
    ...texts,
  };
}

export const printRow = (texts: QueueTexts, nonce: string): string =>
  `${queueFields.map((field) => texts[field]).join("\u001F")}\u001E${nonce}\n`;

/** Answers squeue's question with rows that a test sets, in the frame that the question asks for. */
export class ScriptedCluster implements RemoteCommands {
  rows: readonly QueueTexts[] = [];
  /** Changes an answer on its way: cuts it, fails it, or throws in place of it. */
  onItsWay: (outcome: CommandOutcome) => CommandOutcome = (outcome) => outcome;
  /** When each question was sent, by the test's clock. */
  readonly asked: number[] = [];
  /** While set, answers wait for it. */
  gate: Promise<void> | undefined;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async run({ stdin, signal }: RemoteCommand): Promise<CommandOutcome> {
    this.asked.push(this.#now());
    await this.gate;
    signal.throwIfAborted();
    const nonce = /([0-9a-f]{24})-begin/u.exec(stdin)?.[1] ?? "";
    const rows = this.rows.map((texts) => printRow(texts, nonce)).join("");
    const begin = `\u001E${nonce}-begin ${Math.floor(this.#now() / 1_000)}\n`;
    const stdout = `Welcome to c1\n${begin}${rows}\n\u001E${nonce}-end 0\n`;
    return this.onItsWay({ code: 0, stdout, stderr: "" });
  }
}
