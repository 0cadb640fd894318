/** Reasons of conditions and events on a JobSubmission; they are API. Those of scripts and templates are passed on in their own words. */
export const reasons = {
  /** The script that the submission names, or that is made for it, is not there or not rendered yet. */
  ScriptNotReady: "ScriptNotReady",
  ScriptNotFound: "ScriptNotFound",
  /** The script is there, and archived. */
  ScriptArchived: "ScriptArchived",
  ConfigMapNotFound: "ConfigMapNotFound",
  ClusterNotFound: "ClusterNotFound",
  /** The cluster object is there, but the cluster does not answer, or is not looked at yet. */
  ClusterNotReady: "ClusterNotReady",
  ClusterUnreachable: "ClusterUnreachable",
  /** The name now leads to another Slurm cluster than the one that the attempt was sent to. */
  ClusterIdentityChanged: "ClusterIdentityChanged",
  TenantNotFound: "TenantNotFound",
  TenantAmbiguous: "TenantAmbiguous",
  /** The cluster no longer maps the namespace to the login that holds the job. */
  LoginChanged: "LoginChanged",
  /** The login's Secret is missing or holds no key, or the cluster does not answer this login, whatever it says to others. */
  LoginFailed: "LoginFailed",
  OptionsInvalid: "OptionsInvalid",
  AccountNotAllowed: "AccountNotAllowed",
  PartitionNotAllowed: "PartitionNotAllowed",
  QosNotAllowed: "QosNotAllowed",
  ReservationNotAllowed: "ReservationNotAllowed",
  DependencyNotFound: "DependencyNotFound",
  /** It is there, and archived. */
  DependencyArchived: "DependencyArchived",
  DependencyOpen: "DependencyOpen",
  DependencyNeverSatisfied: "DependencyNeverSatisfied",
  JobLimitReached: "JobLimitReached",
  SubmitLimitReached: "SubmitLimitReached",
  WorkDirectoryNotWritable: "WorkDirectoryNotWritable",
  WorkDirectoryUnfit: "WorkDirectoryUnfit",
  NotSent: "NotSent",
  /** The answer to the dispatch is unknown; the attempt is being made void. */
  AnswerUnknown: "AnswerUnknown",
  /** An attempt is stored and is being sent. */
  Dispatching: "Dispatching",
  Dispatched: "Dispatched",
  /** The scheduler lost or gave away what it had accepted, or turned it away: the next attempt follows. */
  DidNotRun: "DidNotRun",
  /** The job has ended, and is run again as spec.retry says, after a while. */
  Retrying: "Retrying",
  /** The job did not start within spec.queueTimeoutSeconds. */
  QueueTimeout: "QueueTimeout",
  MissingReferenceTimeout: "MissingReferenceTimeout",
  RefusedByScheduler: "RefusedByScheduler",
  /** Held back by spec.suspend: not sent, or held in the scheduler's queue. */
  Suspended: "Suspended",
  JobPending: "JobPending",
  /** A condition of its own, beside the others: it waits longer than the cluster's admin expects. */
  QueuedLong: "QueuedLong",
  JobRunning: "JobRunning",
  JobSuspended: "JobSuspended",
  /** Slurm shows a word that no release known to us uses. */
  StateUnknown: "StateUnknown",
  Cancelling: "Cancelling",
  /** The end is seen and being made certain: the token is closed and looked at once more. */
  Ending: "Ending",
  /** The last good look at the queue lacks the job; other sources are asked before anything is concluded. */
  JobMissing: "JobMissing",
  /** The observer does not see the job, and its own login does. Never where each login looks for itself. */
  JobHidden: "JobHidden",
  /** The operator has another installation id than the one that the job was sent with. */
  InstallChanged: "InstallChanged",
  JobSucceeded: "JobSucceeded",
  JobFailed: "JobFailed",
  JobTimedOut: "JobTimedOut",
  JobCancelled: "JobCancelled",
  JobOutOfMemory: "JobOutOfMemory",
  JobNodeFailed: "JobNodeFailed",
  JobPreempted: "JobPreempted",
  /** Events only: a finished submission was deleted, as spec.ttlSecondsAfterFinished says. */
  Expired: "Expired",
  /** Events only: it was not, since something would create it again. */
  TtlIgnored: "TtlIgnored",
  /** No record of the job anywhere, all waits over. */
  JobLost: "JobLost",
} as const;

/** Waits that belong to every life: nobody needs to be warned of them. */
export const ordinaryWaits: ReadonlySet<string> = new Set([
  reasons.ScriptNotReady,
  reasons.ClusterNotReady,
  reasons.DependencyOpen,
  reasons.JobLimitReached,
]);

/** What may be missing only because GitOps has not applied it yet; `missingReferenceTimeoutSeconds` ends the wait for these. */
export const missingReferences: ReadonlySet<string> = new Set([
  reasons.ScriptNotFound,
  reasons.ConfigMapNotFound,
  reasons.ClusterNotFound,
  reasons.TenantNotFound,
  reasons.DependencyNotFound,
  reasons.ScriptArchived,
  reasons.DependencyArchived,
  "TemplateNotFound",
  "TemplateArchived",
]);
