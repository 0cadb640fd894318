/** Why no job directories can be kept in a directory. */
export type UnfitDirectory =
  | "NotWritable"
  /** flock(1) is missing, or the file system has no locks. */
  | "NoLocks"
  /** The file system has no hard links. */
  | "NoLinks";

/** What the login itself finds, before a job is sent. Whether compute nodes see the directory shows only there. */
export type WorkDirectoryCheck =
  { readonly is: "fit" } | { readonly is: "unfit"; readonly why: UnfitDirectory; readonly text: string };

const elsewhere =
  "set spec.workDirectory to a directory on a file system that has both, or have the site mount this one so (NFS 4, or NFS 3 without nolock; Lustre with -o flock)";

/** What is wrong, and the cure, for a person. Nothing is sent meanwhile. */
export function describeUnfit(
  why: UnfitDirectory,
  about: { readonly directory: string; readonly user: string; readonly text: string },
): string {
  const { directory, user, text } = about;
  switch (why) {
    case "NotWritable":
      return `cannot write ${directory} as ${user}: ${text}; check spec.workDirectory, its permissions, quota and free space`;
    case "NoLocks":
      return `${directory} cannot be locked as ${user}: ${text}; flock and hard links keep a job from being sent twice: ${elsewhere}`;
    case "NoLinks":
      return `${directory} has no hard links for ${user}: ${text}; flock and hard links keep a job from being sent twice: ${elsewhere}`;
  }
}
