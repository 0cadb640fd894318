import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { commandOutput, runCommand } from "./command.ts";
import { insideRoot } from "./daemons.ts";
import type { ClusterName, Lab } from "./lab.ts";

const size = "256M";
/** Less than an empty directory takes: whatever is written is too much. */
const nothing = "1K";

/** A directory with a quota, `users` below a mount point of its own. */
export interface Quota {
  /** From now on writing fails there with EDQUOT. */
  useUp(): Promise<void>;
  lift(): Promise<void>;
}

/**
 * Whether the kernel can mount what quotas are taken from. That is btrfs, whose subvolume has a limit of its own: the quotas of ext4 and tmpfs need
 * CONFIG_QFMT_V2 and CONFIG_TMPFS_QUOTA, those of xfs CONFIG_XFS_QUOTA, and kernels of small machines lack all three.
 */
export async function hasQuotas(): Promise<boolean> {
  if ((await readFile("/proc/filesystems", "utf8")).includes("\tbtrfs\n")) return true;
  return (await runCommand("modprobe", ["btrfs"]).catch(() => undefined))?.code === 0;
}

/** Mounts it in a cluster's root unless it is there. The mount, its loop device and its file go with the cluster. @param mount absolute */
export async function ensureQuota(lab: Lab, cluster: ClusterName, mount: string): Promise<Quota> {
  const { root } = lab.clusters[cluster];
  const outside = `${root}${mount}`;
  const users = `${outside}/users`;
  const inside = async (text: string): Promise<void> => {
    const { code, stderr } = await insideRoot(lab, { cluster, user: "root" }, text);
    if (code !== 0) throw new Error(`on ${cluster}: ${text} ended with ${code}: ${stderr}`);
  };
  // By its number and from above: what is asked of a path below is a write below, and fails as all others do.
  const limit = async (bytes: string): Promise<void> => {
    const id = (await commandOutput("btrfs", ["inspect-internal", "rootid", users])).trim();
    await commandOutput("btrfs", ["qgroup", "limit", bytes, `0/${id}`, outside]);
  };
  const isMounted = await insideRoot(lab, { cluster, user: "root" }, `mountpoint -q ${mount}`);
  if (isMounted.code !== 0) {
    await mountImage(join(lab.state, `${cluster}-quota.img`), async (device, minor) =>
      inside(`mkdir -p ${mount} && mknod ${device}-limited b 7 ${minor} && mount ${device}-limited ${mount}`),
    );
    await commandOutput("btrfs", ["quota", "enable", outside]);
    await commandOutput("btrfs", ["subvolume", "create", users]);
    await commandOutput("btrfs", ["quota", "rescan", "-w", outside]);
    await inside(`chmod 1777 ${mount}/users`);
  }
  return { useUp: async () => limit(nothing), lift: async () => limit("none") };
}

/** @param attach mounts the block device `7:minor`, which is let go of at once: it lives as long as the mount */
async function mountImage(
  file: string,
  attach: (device: string, minor: string) => Promise<void>,
): Promise<void> {
  await commandOutput("truncate", ["-s", size, file]);
  await commandOutput("mkfs.btrfs", ["-q", "--mixed", file]);
  const device = (await commandOutput("losetup", ["--find", "--show", file])).trim();
  try {
    await attach(device, device.replace("/dev/loop", ""));
  } finally {
    await commandOutput("losetup", ["--detach", device]);
    await rm(file);
  }
}
