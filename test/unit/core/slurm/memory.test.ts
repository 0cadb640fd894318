import { describe, expect, it } from "vitest";
import { DirectiveError } from "../../../../src/core/slurm/directive-error.ts";
import { formatMemory, lacksUnit, parseMemory } from "../../../../src/core/slurm/memory.ts";
import { mebibytesOf } from "../../../../src/core/slurm/quantity.ts";

describe("memory as Slurm writes it", () => {
  it.each([
    ["100", 100],
    ["100K", 1],
    ["1024K", 1],
    ["1025K", 2],
    ["100MB", 100],
    ["100m", 100],
    ["1gb", 1024],
    ["1T", 1_048_576],
    [" 7", 7],
    ["+7", 7],
    ["0", 0],
  ])("%j is %d MiB", (text, mebibytes) => {
    expect(parseMemory(text)).toBe(mebibytes);
  });

  it.each(["", "x", "1.5G", "1Gi", "1P", "100B", "-1", "100 ", "1 G", "99999999999999999999"])(
    "%j is refused",
    (text) => {
      expect(() => parseMemory(text)).toThrow(DirectiveError);
    },
  );

  it("without unit is worth a warning, unless it is nothing", () => {
    expect(["100", "007", "0", "1G", "x"].map(lacksUnit)).toEqual([true, true, false, false, false]);
  });
});

describe("memory as Kubernetes writes it", () => {
  it.each([
    ["1Mi", 1],
    ["4Gi", 4096],
    ["1.5Gi", 1536],
    ["1G", 954],
    ["500M", 477],
    ["1048577", 2],
    ["1", 1],
    ["1e9", 954],
    ["1k", 1],
    ["1Ki", 1],
    ["2048Ki", 2],
    [".5Gi", 512],
    ["1Pi", 1_073_741_824],
    ["1500m", 1],
  ])("%s is %d MiB, rounded up", (quantity, mebibytes) => {
    expect(mebibytesOf(quantity)).toBe(mebibytes);
  });

  it.each(["", "Gi", ".", "1Z", "-1Gi", "1 Gi", "1e", "1GiB"])("%j is no quantity", (quantity) => {
    expect(() => mebibytesOf(quantity)).toThrow("is no quantity of bytes");
  });

  it("zero is refused, because Slurm takes it for the whole node", () => {
    expect(() => mebibytesOf("0Gi")).toThrow(
      '"0Gi" is zero, which Slurm takes for all the memory of the node',
    );
  });

  it("reads back as what was written", () => {
    expect(parseMemory(formatMemory(mebibytesOf("4.1Gi")))).toBe(4199);
  });
});
