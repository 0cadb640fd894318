export const group = "batchwright.dev";
export const version = "v1alpha1";
export const apiVersion = `${group}/${version}` as const;

/** Keys of labels that we write. */
export const labels = {
  template: `${group}/template`,
  script: `${group}/script`,
  submission: `${group}/submission`,
} as const;

export const annotations = {
  /** `"true"` on a JobSubmission that is being deleted lets it go without its job being cancelled, for a cluster that is gone for good. */
  abandon: `${group}/abandon`,
  /** Each new value has the end of the running job's log read once; `task=INDEX` in it chooses a task of an array. */
  readLog: `${group}/read-log`,
} as const;

/** Holds a JobSubmission until nothing of it runs, and a SlurmCluster while live submissions name it. */
export const finalizers = { job: `${group}/job`, cluster: `${group}/in-use` } as const;
