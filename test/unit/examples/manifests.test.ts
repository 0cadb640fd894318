import { describe, expect, it } from "vitest";
import { apiVersion } from "../../../src/api/group.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { deadLinks, exampleManifests, pageManifests, type Placed } from "./manifests.ts";

/** Other people's kinds that our examples use; anything else is a typing error. */
const foreignKinds = ["Namespace", "Secret", "ConfigMap", "Kustomization", "Workflow"];

const examples = exampleManifests();
const blocks = pageManifests();

const ours = (placed: readonly Placed[]) =>
  placed.filter(({ manifest }) => manifest.apiVersion === apiVersion);
const titled = (placed: readonly Placed[]) =>
  placed.map((one) => ({
    ...one,
    title: `${one.where} ${one.manifest.kind} ${one.manifest.metadata?.name ?? ""}`,
  }));

describe("every object in examples, README and docs", () => {
  it("is found by these tests", () => {
    expect(ours(examples).map(({ manifest }) => manifest.kind)).toEqual(
      expect.arrayContaining(["JobTemplate", "JobSubmission", "SlurmCluster"]),
    );
    expect(ours(blocks).map(({ manifest }) => manifest.kind)).toEqual(
      expect.arrayContaining(["JobTemplate", "JobScript", "JobSubmission", "SlurmCluster"]),
    );
  });

  it.each(titled(ours([...examples, ...blocks])))("$title is as its schema wants it", ({ manifest }) => {
    const definition = definitions.find(({ kind }) => kind === manifest.kind);
    const read = definition?.spec.safeParse(manifest["spec"]);
    expect(read?.error?.issues ?? []).toEqual([]);
    // The schema drops what it does not know: nothing may be missing, or a field of the example does nothing.
    expect(read?.data).toEqual(manifest["spec"]);
  });

  it("is of a kind that exists", () => {
    const known = new Set([...foreignKinds, ...definitions.map(({ kind }) => kind)]);
    const unknown = [...examples, ...blocks].filter(({ manifest }) => !known.has(manifest.kind));
    expect(unknown.map(({ where, manifest }) => `${where}: ${manifest.kind}`)).toEqual([]);
  });

  it("keeps Flux from rewriting ${...} where it holds a script", () => {
    const scripts = ours([...examples, ...blocks]).filter(({ manifest }) =>
      /\$\{/u.test(JSON.stringify(manifest["spec"])),
    );
    const unprotected = scripts.filter(({ manifest }) => {
      const annotations = manifest.metadata?.["annotations"] as Record<string, string> | undefined;
      return annotations?.["kustomize.toolkit.fluxcd.io/substitute"] !== "disabled";
    });
    expect(unprotected.map(({ where }) => where)).toEqual([]);
  });
});

describe("README and docs", () => {
  it("link only to what is there", () => {
    expect(deadLinks()).toEqual([]);
  });
});
