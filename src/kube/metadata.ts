import { z } from "zod";
import { type Key, keyOf } from "./key.ts";

/** Anything that turns an unknown value into a `T` or throws; a zod schema is one. */
export interface Parser<T> {
  parse(value: unknown): T;
}

export const ownerReference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
  blockOwnerDeletion: z.boolean().optional(),
});
export type OwnerReference = z.infer<typeof ownerReference>;

/** `metadata` of an object that the API server has stored. Times stay strings, as they are on the wire. */
export const objectMeta = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.int().optional(),
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  finalizers: z.array(z.string()).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(ownerReference).default([]),
});
export type ObjectMeta = z.infer<typeof objectMeta>;

/** Any object: metadata is read, the rest is kept as it came. */
export const kubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: objectMeta,
});
export type KubeObject = z.infer<typeof kubeObject>;

/** What a write returns when only its place in history matters. */
export const writtenObject = z.object({ metadata: objectMeta });
export type WrittenObject = z.infer<typeof writtenObject>;

/** The few fields that a watch needs of every object, read without looking at the rest. */
const identity = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    resourceVersion: z.string(),
  }),
});

export interface Identity {
  readonly key: Key;
  readonly resourceVersion: string;
}

export function identify(object: unknown): Identity {
  const { metadata } = identity.parse(object);
  return { key: keyOf(metadata), resourceVersion: metadata.resourceVersion };
}
