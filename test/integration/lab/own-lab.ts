import { runCommand, type Outcome } from "../../lab/command.ts";
import { labCommand, readPartialLab, type PartialLab } from "../../lab/lab.ts";

/** A lab of a test's own, beside the one that all tests share. It is ended when it goes out of scope. */
export class OwnLab implements AsyncDisposable {
  readonly name: string;

  constructor(purpose: string) {
    this.name = `${purpose}-${process.pid}`;
  }

  async tell(...words: readonly string[]): Promise<Outcome> {
    return runCommand(labCommand, ["--name", this.name, ...words], { within: 120_000 });
  }

  /** Starts parts that must start. */
  async up(...parts: readonly string[]): Promise<PartialLab> {
    const { code, stdout, stderr } = await this.tell("up", ...parts);
    if (code !== 0) throw new Error(`lab ${this.name} did not start:\n${stdout}${stderr}`);
    return this.read();
  }

  async read(): Promise<PartialLab> {
    return readPartialLab(this.name);
  }

  async down(): Promise<Outcome> {
    return this.tell("down");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { code, stderr } = await this.down();
    if (code !== 0) throw new Error(`lab ${this.name} did not end:\n${stderr}`);
  }
}
