import { expect, test } from "vitest";

import { interpreterOf, isBash } from "../../../../../src/core/slurm/launcher/interpreter.ts";

test.each([
  ["#!/bin/sh\n", ["/bin/sh"]],
  ["#! /bin/bash -l \necho", ["/bin/bash", "-l"]],
  ["#!/usr/bin/env -S python3 -u", ["/usr/bin/env", "-S python3 -u"]],
  ["#!\t/bin/awk -f\t", ["/bin/awk", "-f"]],
  ["#!\n/bin/sh", undefined],
  ["# !/bin/sh", undefined],
  [" #!/bin/sh", undefined],
  ["", undefined],
])("%j is run by %j", (text, words) => {
  expect(interpreterOf(text)).toEqual(words);
});

test.each([
  [["/bin/bash"], true],
  [["bash", "-l"], true],
  [["/usr/bin/env", "bash"], true],
  [["/usr/bin/env", "-S bash -e"], true],
  [["/usr/bin/env", "-S /opt/x/bash -e"], true],
  [["/bin/sh"], false],
  [["/usr/bin/env", "python3"], false],
  [["/usr/bin/rbash"], false],
  [["python3", "bash"], false],
])("%j reads BASH_ENV: %s", (words, isOne) => {
  expect(isBash(words)).toBe(isOne);
});
