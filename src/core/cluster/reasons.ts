/** Reasons of conditions and events on a SlurmCluster; they are API. */
export const clusterReasons = {
  /** Submissions can be sent. */
  Ready: "ClusterReady",
  /** The last look at the queue was answered. */
  Answered: "Answered",
  /** Some logins are answered when they look at the queue and others are not; only where there is no observer. */
  LoginsFailing: "LoginsFailing",
  /** Not looked at yet. */
  Connecting: "Connecting",
  /** The Secret of a login is not in the operator's namespace, or lacks ssh-privatekey. */
  CredentialsNotFound: "CredentialsNotFound",
  HostUnreachable: "HostUnreachable",
  HostKeyMismatch: "HostKeyMismatch",
  HostKeyUnknown: "HostKeyUnknown",
  AuthenticationFailed: "AuthenticationFailed",
  /** The host takes the login, whose own shell does not run sh: a restricted shell, a forced command, an expired password. */
  ShellFailed: "ShellFailed",
  /** The host answers, and Slurm's commands fail or cannot be found there. */
  SlurmFailed: "SlurmFailed",
  /** The tenants' logins cannot make job directories. */
  WorkDirectoryNotWritable: "WorkDirectoryNotWritable",
  /** The file system of workDirectory has no locks or no hard links: nothing could be sent exactly once. */
  WorkDirectoryUnfit: "WorkDirectoryUnfit",
  /** The object now leads to another Slurm cluster than at first. Nothing is sent or concluded until that is put right. */
  ClusterIdentityChanged: "ClusterIdentityChanged",
  /** The spec has neither an observer nor tenants, so there is nobody to ask as. */
  NoLogin: "NoLogin",
  /** Being deleted, and live submissions still name it. */
  InUse: "InUse",
  /** Old job directories are gone from the cluster, as spec.cleanup says. */
  JobDirectoriesRemoved: "JobDirectoriesRemoved",
} as const;
