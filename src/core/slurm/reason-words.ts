/**
 * Slurm's words for why a job waits or ended as it did (squeue(1), `JOB REASON CODES`; slurm.h, `enum job_state_reason`), in plain ones.
 * Where a person can do something, the text says what. Families of limits (`AssocGrpCpuLimit`, `QOSMaxNodePerUserLimit`) are in reason-limit.ts.
 */
export const reasonWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Waiting in the queue: nothing to do.
    Resources: "waiting for free nodes",
    Priority: "jobs of higher priority go first",
    BeginTime: "waiting for its begin time (a requeued job waits about two minutes)",
    Dependency: "waiting for the jobs that it depends on",
    Licenses: "waiting for a free licence",
    JobArrayTaskLimit: "as many tasks of the array run as its own limit (%N) allows",
    Cleaning: "the previous run is still being cleaned up",
    Prolog: "the nodes are being prepared (prolog)",
    Reservation: "waiting for its reservation to begin",
    SchedDefer: "the scheduler looks at it in its next full round",
    BurstBufferResources: "waiting for space in the burst buffer",
    BurstBufferStageIn: "files are being copied into the burst buffer",
    BurstBufferOperation:
      "an operation of the burst buffer failed; look at the burst buffer with the site's admins",
    Federation: "waiting for its sibling jobs in the federation",
    FedJobLock: "the clusters of the federation agree on where it starts",
    WaitForScheduling: "not yet looked at by the scheduler",
    MaxRequeue: "requeued too often; release it with scontrol release or submit it again",

    // Waiting for a person.
    JobHeldUser: "held by its owner; release it (spec.suspend: false, or scontrol release)",
    JobHeldAdmin: "held by an administrator; ask the site to release it",
    JobHoldMaxRequeue:
      "held because it was requeued too often; find out why it fails, then release it or submit it again",
    DependencyNeverSatisfied:
      "can never start: a job that it depends on did not end as required; cancel it and submit it again",
    ReservationDeleted:
      "its reservation was deleted; cancel it and submit it without or with another reservation",
    "launch failed requeued held":
      "could not be started and is held; ask the site to look at the nodes, then release it",
    "job requeued in held state": "requeued and held; release it with scontrol release",

    // Will not start as it is.
    PartitionTimeLimit:
      "asks for more time than the partition allows, and waits for ever; lower the time limit or choose another partition",
    PartitionNodeLimit:
      "asks for more or fewer nodes than the partition allows, and waits for ever; change nodes or partition",
    PartitionConfig:
      "asks for something that the partition's nodes do not have (too many nodes, CPUs or memory), and waits for ever; lower the request or choose another partition",
    BadConstraints: "its constraints cannot be satisfied by any node; change constraint, gres or memory",
    InvalidAccount: "its account is invalid; correct the account",
    AccountNotAllowed: "its account may not use the partition; choose another account or partition",
    InvalidQOS: "its QOS is invalid; correct the QOS",
    QOSNotAllowed: "its QOS may not be used there; choose another QOS or partition",
    QOSUsageThreshold: "the QOS's usage threshold is exceeded; wait or choose another QOS",
    MaxMemPerLimit: "asks for more memory per node or CPU than the site allows; lower the memory",
    MaxSubmitJobLimit: "too many jobs in the queue for this user; wait",

    ReservationInvalid: "its reservation does not exist (any more); cancel it and submit it with another one",

    // Limits in the words of old, without saying which.
    AccountingPolicy: "a limit of its account or QOS is reached; it starts when others end",
    AssociationJobLimit: "the account has as many jobs as allowed; it starts when others end",
    AssociationResourceLimit: "the account uses as many resources as allowed; it starts when others end",
    AssociationTimeLimit: "the account has used the time that it is allowed; wait, or choose another account",
    QOSJobLimit: "the QOS has as many jobs as allowed; it starts when others end",
    QOSResourceLimit: "the QOS uses as many resources as allowed; it starts when others end",
    QOSTimeLimit: "the QOS has used the time that it is allowed; wait, or choose another QOS",

    // Waiting for the site.
    MaxPoweredUpNodes: "as many nodes are powered up as the site allows; it starts when others end",
    MpiPortsBusy: "the ports that its steps would use are taken; it starts when others end",
    PowerNotAvail: "the site's power budget is used up; it starts when others end",
    PowerReserved: "the site's power budget is reserved for others; it starts when they have begun or ended",
    BlockMaxError: "its block of nodes has failed too often; ask the site",
    BlockFreeAction: "its block of nodes is being freed",
    PartitionDown: "the partition is down; wait for the site, or choose another partition",
    PartitionInactive: "the partition takes no jobs now; wait for the site, or choose another partition",
    NodeDown: "a node that it needs is down",
    ReqNodeNotAvail:
      "a node that it asks for by name or feature is not available (down, drained or reserved)",
    FrontEndDown: "no front end node is available; wait for the site",
    "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions":
      "the nodes that it needs are down, drained or reserved",

    // How it ended.
    NonZeroExitCode: "ended with an exit code other than 0",
    RaisedSignal: "ended by a signal",
    TimeLimit: "reached its time limit; raise it",
    DeadLine: "could no longer meet its deadline",
    OutOfMemory: "used more memory than it asked for; ask for more",
    JobLaunchFailure:
      "could not be started (output file or working directory not writable?), or was ended by a signal; look at its output and at the node's log",
    SystemFailure: "a failure of Slurm, the file system or the network; try again, or ask the site",
    InactiveLimit: "was inactive for too long",
    Preempted: "gave way to a job of higher priority",
    Reboot: "its node was rebooted",
    "Prolog failed": "the site's prolog failed on a node; ask the site",
  }),
);
