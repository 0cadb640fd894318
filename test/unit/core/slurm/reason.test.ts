import { describe, expect, test } from "vitest";
import { reasonInPlainWords } from "../../../../src/core/slurm/reason.ts";
import { reasonWords } from "../../../../src/core/slurm/reason-words.ts";

/** All that libslurmfull of 22.05 and 24.11 has of job_reason_string(). */
const slurmsOwn = `
AccountNotAllowed AccountingPolicy AssocGrpBB AssocGrpBBMinutes AssocGrpBBRunMinutes AssocGrpBilling
AssocGrpBillingMinutes AssocGrpBillingRunMinutes AssocGrpCPUMinutesLimit AssocGrpCPURunMinutesLimit
AssocGrpCpuLimit AssocGrpEnergy AssocGrpEnergyMinutes AssocGrpEnergyRunMinutes AssocGrpGRES
AssocGrpGRESMinutes AssocGrpGRESRunMinutes AssocGrpJobsLimit AssocGrpLicense AssocGrpLicenseMinutes
AssocGrpLicenseRunMinutes AssocGrpMemLimit AssocGrpMemMinutes AssocGrpMemRunMinutes
AssocGrpNodeLimit AssocGrpNodeMinutes AssocGrpNodeRunMinutes AssocGrpSubmitJobsLimit AssocGrpUnknown
AssocGrpUnknownMinutes AssocGrpUnknownRunMinutes AssocGrpWallLimit AssocMaxBBMinutesPerJob
AssocMaxBBPerJob AssocMaxBBPerNode AssocMaxBillingMinutesPerJob AssocMaxBillingPerJob
AssocMaxBillingPerNode AssocMaxCpuMinutesPerJobLimit AssocMaxCpuPerJobLimit AssocMaxCpuPerNode
AssocMaxEnergyMinutesPerJob AssocMaxEnergyPerJob AssocMaxEnergyPerNode AssocMaxGRESMinutesPerJob
AssocMaxGRESPerJob AssocMaxGRESPerNode AssocMaxJobsLimit AssocMaxLicenseMinutesPerJob
AssocMaxLicensePerJob AssocMaxMemMinutesPerJob AssocMaxMemPerJob AssocMaxMemPerNode
AssocMaxNodeMinutesPerJob AssocMaxNodePerJobLimit AssocMaxSubmitJobLimit
AssocMaxUnknownMinutesPerJob AssocMaxUnknownPerJob AssocMaxUnknownPerNode AssociationJobLimit
AssociationResourceLimit AssociationTimeLimit BadConstraints BeginTime BlockFreeAction BlockMaxError
BurstBufferOperation BurstBufferResources BurstBufferStageIn Cleaning DeadLine Dependency
DependencyNeverSatisfied FedJobLock Federation FrontEndDown InactiveLimit InvalidAccount InvalidQOS
JobArrayTaskLimit JobHeldAdmin JobHeldUser JobHoldMaxRequeue JobLaunchFailure Licenses
MaxBBPerAccount MaxBBRunMinsPerAccount MaxBBRunMinsPerUser MaxBillingPerAccount
MaxBillingRunMinsPerAccount MaxBillingRunMinsPerUser MaxCpuPerAccount MaxCpuRunMinsPerAccount
MaxCpuRunMinsPerUser MaxEnergyPerAccount MaxEnergyRunMinsPerAccount MaxEnergyRunMinsPerUser
MaxGRESPerAccount MaxGRESRunMinsPerAccount MaxGRESRunMinsPerUser MaxJobsPerAccount
MaxLicensePerAccount MaxLicenseRunMinsPerAccount MaxLicenseRunMinsPerUser MaxMemPerLimit
MaxMemoryPerAccount MaxMemoryRunMinsPerAccount MaxMemoryRunMinsPerUser MaxNodePerAccount
MaxNodeRunMinsPerAccount MaxNodeRunMinsPerUser MaxPoweredUpNodes MaxSubmitJobsPerAccount
MaxUnknownPerAccount MaxUnknownRunMinsPerAccount MaxUnknownRunMinsPerUser MpiPortsBusy NodeDown
NonZeroExitCode OutOfMemory PartitionConfig PartitionDown PartitionInactive PartitionNodeLimit
PartitionTimeLimit PowerNotAvail PowerReserved Preempted Priority Prolog QOSGrpBB QOSGrpBBMinutes
QOSGrpBBRunMinutes QOSGrpBilling QOSGrpBillingMinutes QOSGrpBillingRunMinutes QOSGrpCPUMinutesLimit
QOSGrpCPURunMinutesLimit QOSGrpCpuLimit QOSGrpEnergy QOSGrpEnergyMinutes QOSGrpEnergyRunMinutes
QOSGrpGRES QOSGrpGRESMinutes QOSGrpGRESRunMinutes QOSGrpJobsLimit QOSGrpLicense QOSGrpLicenseMinutes
QOSGrpLicenseRunMinutes QOSGrpMemLimit QOSGrpMemoryMinutes QOSGrpMemoryRunMinutes QOSGrpNodeLimit
QOSGrpNodeMinutes QOSGrpNodeRunMinutes QOSGrpSubmitJobsLimit QOSGrpUnknown QOSGrpUnknownMinutes
QOSGrpUnknownRunMinutes QOSGrpWallLimit QOSJobLimit QOSMaxBBPerJob QOSMaxBBPerNode QOSMaxBBPerUser
QOSMaxBillingMinutesPerJob QOSMaxBillingPerJob QOSMaxBillingPerNode QOSMaxBillingPerUser
QOSMaxCpuMinutesPerJobLimit QOSMaxCpuPerJobLimit QOSMaxCpuPerNode QOSMaxCpuPerUserLimit
QOSMaxEnergyMinutesPerJob QOSMaxEnergyPerJob QOSMaxEnergyPerNode QOSMaxEnergyPerUser
QOSMaxGRESMinutesPerJob QOSMaxGRESPerJob QOSMaxGRESPerNode QOSMaxGRESPerUser QOSMaxJobsPerUserLimit
QOSMaxLicenseMinutesPerJob QOSMaxLicensePerJob QOSMaxLicensePerUser QOSMaxMemoryMinutesPerJob
QOSMaxMemoryPerJob QOSMaxMemoryPerNode QOSMaxMemoryPerUser QOSMaxNodeMinutesPerJob
QOSMaxNodePerJobLimit QOSMaxNodePerUserLimit QOSMaxSubmitJobPerUserLimit QOSMaxUnknownMinutesPerJob
QOSMaxUnknownPerJob QOSMaxUnknownPerNode QOSMaxUnknownPerUser QOSMaxWallDurationPerJobLimit QOSMinBB
QOSMinBilling QOSMinCpuNotSatisfied QOSMinEnergy QOSMinGRES QOSMinLicense QOSMinMemory QOSMinNode
QOSMinUnknown QOSNotAllowed QOSResourceLimit QOSTimeLimit QOSUsageThreshold RaisedSignal
ReqNodeNotAvail Reservation ReservationDeleted ReservationInvalid Resources SchedDefer SystemFailure
TimeLimit
`
  .trim()
  .split(/\s+/u);

describe("reasons in plain words", () => {
  test.each([
    ["None", ""],
    ["", ""],
    ["Resources", "waiting for free nodes"],
    ["JobHeldUser", "held by its owner; release it (spec.suspend: false, or scontrol release)"],
    [
      "DependencyNeverSatisfied",
      "can never start: a job that it depends on did not end as required; cancel it and submit it again",
    ],
    [
      "PartitionTimeLimit",
      "asks for more time than the partition allows, and waits for ever; lower the time limit or choose another partition",
    ],
    ["AssocGrpCpuLimit", "the account uses as many CPUs as allowed; it starts when others end"],
    ["AssocMaxJobsLimit", "the account uses as many running jobs as allowed; it starts when others end"],
    [
      "QOSMaxCpuPerUserLimit",
      "the QOS's share of this user uses as many CPUs as allowed; it starts when others end",
    ],
    [
      "QOSMaxWallDurationPerJobLimit",
      "asks for more run time than the QOS allows a job; lower the request or choose another account or QOS",
    ],
    [
      "QOSMinGRES",
      "asks for fewer GPUs and other generic resources than the QOS demands of a job; ask for more",
    ],
    [
      "Priority,BeginTime",
      "jobs of higher priority go first; waiting for its begin time (a requeued job waits about two minutes)",
    ],
    [
      "ReqNodeNotAvail, UnavailableNodes:c1-n2",
      "a node that it asks for by name or feature is not available (down, drained or reserved); UnavailableNodes:c1-n2",
    ],
    ["RaisedSignal:11(Segmentation_fault)", "ended by a signal (11(Segmentation fault))"],
    [
      "Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved_for_jobs_in_higher_priority_partitions",
      "the nodes that it needs are down, drained or reserved",
    ],
    [
      "RaisedSignal:53(Real-time_signal_19)",
      "could not be started (output file or working directory not writable?), or was ended by a signal; look at its output and at the node's log",
    ],
    ["SomethingNew", "SomethingNew"],
  ])("%s", (reason, words) => {
    expect(reasonInPlainWords(reason)).toBe(words);
  });

  test("every word of the table reads as the rest of a sentence: no capital, no full stop", () => {
    for (const words of reasonWords.values()) expect(words).toMatch(/^[a-z].*[^.]$/u);
  });

  test.each(slurmsOwn)("%s has plain words", (reason) => {
    expect(reasonInPlainWords(reason)).toMatch(/^[a-z].* .*[^.]$/u);
  });
});
