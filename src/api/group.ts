export const group = "batchwright.dev";
export const version = "v1alpha1";
export const apiVersion = `${group}/${version}` as const;

/** Keys of labels and annotations that we write. */
export const labels = {
  template: `${group}/template`,
  script: `${group}/script`,
  submission: `${group}/submission`,
} as const;

/** `abandon: "true"` on a JobSubmission that is being deleted lets it go without its job being cancelled, for a cluster that is gone for good. */
export const annotations = { abandon: `${group}/abandon` } as const;

/** Holds a JobSubmission until nothing of it runs, and a SlurmCluster while live submissions name it. */
export const finalizers = { job: `${group}/job`, cluster: `${group}/in-use` } as const;
