import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, sign } from "../../../../src/core/jobscript/digest.ts";
import type { UnsignedScript } from "../../../../src/core/jobscript/rendered-script.ts";
import {
  readRendered,
  storedConfigMap,
  storedName,
  storeScript,
} from "../../../../src/core/jobscript/stored-script.ts";

const owner = { name: "greet", namespace: "team", uid: "6f1c2b9e-0000-4000-8000-000000000001" };

const plain: UnsignedScript = {
  entrypoint: { name: "job.sh", text: "#!/bin/sh\n" },
  supportFiles: [
    { path: "b", mode: 0o444, base64: "AAE=" },
    { path: "a", mode: 0o555, base64: "" },
  ],
  environment: { modules: [], variables: [{ name: "A", value: "1" }] },
  parameters: [{ name: "PARAM_x", value: "2" }],
  resources: { tasks: 2 },
  outputs: [{ name: "energy", type: "Number" }],
};

function store(script: UnsignedScript) {
  const stored = storeScript(sign(script), owner);
  if (!stored.ok) throw new Error(stored.problem.message);
  return storedConfigMap.parse(JSON.parse(JSON.stringify(stored.value)));
}

test("the ConfigMap is immutable, belongs to the script, and is named after UID and digest", () => {
  const { digest } = sign(plain);
  expect(storeScript(sign(plain), owner)).toEqual({
    ok: true,
    value: {
      metadata: {
        name: storedName(owner.uid, digest),
        namespace: "team",
        labels: { "batchwright.dev/script": "greet" },
        ownerReferences: [
          {
            apiVersion: "batchwright.dev/v1alpha1",
            kind: "JobScript",
            name: "greet",
            uid: owner.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      immutable: true,
      data: {
        entrypoint: "#!/bin/sh\n",
        "manifest.json":
          '{"entrypoint":{"name":"job.sh"},"environment":{"modules":[],"variables":[{"name":"A","value":"1"}]},"outputs":[{"name":"energy","type":"Number"}],"parameters":[{"name":"PARAM_x","value":"2"}],"resources":{"tasks":2},"supportFiles":[{"mode":365,"path":"a"},{"mode":292,"path":"b"}]}',
      },
      binaryData: { "file-0": "", "file-1": "AAE=" },
    },
  });
  expect(storedName(owner.uid, digest)).toBe(`jobscript-${owner.uid}-${digest.slice(7, 23)}`);
});

test("whatever is stored is read back as it was", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 }).map((value) => value.toWellFormed());
  const script = fc.record({ text, setup: text, value: text, bytes: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(script, (parts) => {
      const signed = sign({
        ...plain,
        entrypoint: { name: "job.sh", text: parts.text },
        supportFiles: [{ path: "f", mode: 0o444, base64: Buffer.from(parts.bytes).toString("base64") }],
        environment: { modules: [], variables: [{ name: "A", value: parts.value }], setup: parts.setup },
      });
      expect(readRendered(store(signed), signed.digest)).toEqual({ ok: true, value: signed });
    }),
  );
});

test.each<[string, Partial<UnsignedScript>]>([
  ["the text", { entrypoint: { name: "job.sh", text: "#!/bin/sh\n " } }],
  ["the entrypoint's name", { entrypoint: { name: "job.py", text: "#!/bin/sh\n" } }],
  ["a file's content", { supportFiles: [{ path: "b", mode: 0o444, base64: "AAI=" }] }],
  ["a file's mode", { supportFiles: plain.supportFiles.map((file) => ({ ...file, mode: 0o500 })) }],
  ["a file's path", { supportFiles: plain.supportFiles.map((file) => ({ ...file, path: `${file.path}x` })) }],
  ["the environment", { environment: { modules: [], variables: [{ name: "A", value: "2" }] } }],
  ["a parameter", { parameters: [{ name: "PARAM_x", value: "3" }] }],
  ["the resources", { resources: { tasks: 3 } }],
  ["an output", { outputs: [] }],
])("another digest for another %s", (_, change) => {
  expect(sign({ ...plain, ...change }).digest).not.toBe(sign(plain).digest);
});

test("the digest is the same for the same content, whatever the order of keys and files, and it never changes between releases", () => {
  const turned = {
    ...plain,
    supportFiles: [...plain.supportFiles].reverse(),
    resources: { ...plain.resources },
  };
  expect(sign(turned).digest).toBe(sign(plain).digest);
  expect(digestOf(sign(plain))).toBe(
    "sha256:c3badcadbff69f7fc67f0c667aabd70f51ab3ca9fd95969aecd5539d2d6737c7",
  );
});

test("content that was changed is not used, even when its manifest was changed with it", () => {
  const { digest } = sign(plain);
  const stored = store(plain);
  const other = store({ ...plain, parameters: [{ name: "PARAM_x", value: "evil" }] });
  for (const data of [{ ...stored.data, entrypoint: "#!/bin/sh\nrm -rf ~\n" }, other.data]) {
    expect(readRendered({ ...stored, data }, digest)).toEqual({
      ok: false,
      problem: {
        policy: "final",
        reason: "FilesChanged",
        message: expect.stringMatching(
          /^ConfigMap "jobscript-.*" does not hold what was rendered: its digest is sha256:.*, and sha256:.* was rendered; delete it, and it is made again from the same source$/u,
        ) as string,
      },
    });
  }
});

test.each([
  ["no entrypoint", { data: { "manifest.json": "{}" } }, "it has no key entrypoint"],
  ["no manifest", { data: { entrypoint: "x" } }, "manifest.json is not a manifest"],
  ["a file less", { ...store(plain), binaryData: { "file-0": "" } }, "it has no key file-1"],
])("a ConfigMap with %s is refused, not read in part", (_, change, how) => {
  const stored = storedConfigMap.parse({ metadata: { name: "m" }, ...change });
  const outcome = readRendered(stored, sign(plain).digest);
  expect(outcome.ok ? "" : outcome.problem.message).toContain(how);
});

test("files that fit no ConfigMap are refused with their sizes", () => {
  const base64 = Buffer.alloc(600_000).toString("base64");
  const files = ["one", "two"].map((path) => ({ path, mode: 0o444, base64 }));
  expect(storeScript(sign({ ...plain, supportFiles: files }), owner)).toEqual({
    ok: false,
    problem: {
      policy: "final",
      reason: "TooLarge",
      message:
        "the rendered files have 1200295 bytes together, above the 1000000 that fit into a ConfigMap (largest: one 600000, two 600000, job.sh 10); make them smaller, or read large data from the cluster's file system",
    },
  });
});
