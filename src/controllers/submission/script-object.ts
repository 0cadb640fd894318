import { apiVersion, labels } from "../../api/group.ts";
import { jobScript, type JobScript } from "../../api/v1alpha1/job-script.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { KubeClient } from "../../kube/client.ts";
import { AlreadyExistsError } from "../../kube/errors.ts";
import { keyOf } from "../../kube/key.ts";
import { jobScripts } from "../resources.ts";

const uidPart = 8;
/** What the CRD allows: the name becomes the value of a label. */
const longestName = 63;

/** The JobScript that a submission with `from.template` makes. The UID keeps it apart from that of an earlier submission of the same name. */
export function ownScriptName(metadata: { name: string; uid: string }): string {
  const suffix = metadata.uid.slice(0, uidPart);
  // A cut may leave a dot or hyphen at the end, and no part of a name ends with one.
  const start = metadata.name.slice(0, longestName - uidPart - 1).replace(/[-.]+$/u, "");
  return `${start}-${suffix}`;
}

/** Made once; found again after a crash. It goes when the submission goes. */
export async function ensureOwnScript(
  client: KubeClient,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<JobScript> {
  const { metadata, spec } = submission;
  const name = ownScriptName(metadata);
  const key = keyOf({ namespace: metadata.namespace, name });
  const found = await client.find(jobScripts, key, jobScript, { signal });
  if (found !== undefined) return found;
  const object = {
    apiVersion,
    kind: "JobScript",
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: {
        [labels.submission]: metadata.name.slice(0, 63),
        ...(spec.from.template === undefined
          ? {}
          : { [labels.template]: spec.from.template.name.slice(0, 63) }),
      },
      ownerReferences: [
        {
          apiVersion,
          kind: "JobSubmission",
          name: metadata.name,
          uid: metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { from: { template: spec.from.template } },
  };
  try {
    return await client.create(jobScripts, { namespace: metadata.namespace, object, signal }, jobScript);
  } catch (error) {
    if (error instanceof AlreadyExistsError) return client.get(jobScripts, key, jobScript, { signal });
    throw error;
  }
}
