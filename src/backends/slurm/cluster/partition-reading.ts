import { limitOf, numberOf } from "../poll/field-text.ts";
import type { License, Partition } from "./cluster-facts.ts";

const mostPartitions = 1_000;
const mostLicenses = 1_000;

/** Reads `scontrol -o -a show partition`: a line a partition, words of `Name=value`. Lines without a name are left out. */
export function readPartitions(text: string): readonly Partition[] {
  return recordsOf(text)
    .flatMap((record) => {
      const name = record.get("PartitionName");
      return name === undefined ? [] : [partitionOf(name, record)];
    })
    .slice(0, mostPartitions);
}

function partitionOf(name: string, record: Record): Partition {
  const longest = limitOf(record.get("MaxTime") ?? "");
  const usual = limitOf(record.get("DefaultTime") ?? "");
  return {
    name,
    state: record.get("State") ?? "UNKNOWN",
    isDefault: record.get("Default") === "YES",
    nodes: numberOf(record.get("TotalNodes") ?? "") ?? 0,
    cpus: numberOf(record.get("TotalCPUs") ?? "") ?? 0,
    ...(longest === undefined ? {} : { maxTimeSeconds: longest }),
    ...(usual === undefined ? {} : { defaultTimeSeconds: usual }),
  };
}

/** Reads `scontrol -o show licenses`. */
export function readLicenses(text: string): readonly License[] {
  return recordsOf(text)
    .flatMap((record) => {
      const name = record.get("LicenseName");
      const total = numberOf(record.get("Total") ?? "");
      if (name === undefined || total === undefined) return [];
      return [{ name, total, used: numberOf(record.get("Used") ?? "") ?? 0 }];
    })
    .slice(0, mostLicenses);
}

type Record = ReadonlyMap<string, string>;

function recordsOf(text: string): readonly Record[] {
  return text
    .split("\n")
    .map(
      (line) => new Map([...line.matchAll(/(\w+)=(\S*)/gu)].map(([, key = "", value = ""]) => [key, value])),
    );
}
