import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../lab/eventually.ts";
import type { Direction, TcpProxy } from "../../lab/tcp-proxy.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";

/** A batch of submissions is a few thousand bytes to the login, and a few hundred back. */
const batchBytes = { toServer: 20_000, toClient: 4000 } as const;
const trafficWithin = 4000;

const moment = (
  kind: string,
  quota: number,
  what: string,
  act: (proxy: TcpProxy, draw: Draw) => Promise<boolean>,
): Fault => ({
  kind,
  lane: "ssh",
  quota,
  what,
  inject: async ({ ssh }, draw) => act(draw.next() < 0.5 ? ssh.c1 : ssh.c2, draw),
});

/** Cuts the connection in the middle of what is on its way. */
const cutWithin =
  (direction: Direction) =>
  async (proxy: TcpProxy, draw: Draw): Promise<boolean> => {
    const before = proxy.cuts;
    // Most batches are small: short distances are drawn more often.
    proxy.cutAfter(Math.ceil(batchBytes[direction] * draw.next() ** 3) + 1, direction);
    try {
      return await eventually(() => proxy.cuts > before, { within: trafficWithin, every: 20 }).catch(
        () => false,
      );
    } finally {
      proxy.spare();
    }
  };

const swallow =
  (direction: Direction) =>
  async (proxy: TcpProxy, draw: Draw): Promise<boolean> => {
    const wasOpen = proxy.open > 0;
    proxy.swallow(direction);
    try {
      await sleep(draw.between(200, 3000));
    } finally {
      proxy.cut();
      proxy.passOn(direction);
    }
    return wasOpen;
  };

export const sshFaults: readonly Fault[] = [
  moment(
    "ssh cut, answer under way",
    300,
    "the SSH connection is reset at any byte of what comes back",
    cutWithin("toClient"),
  ),
  moment(
    "ssh cut, batch under way",
    300,
    "the SSH connection is reset at any byte of what is sent",
    cutWithin("toServer"),
  ),
  moment(
    "ssh answer lost",
    80,
    "what the login answers is thrown away, then the connection is cut",
    swallow("toClient"),
  ),
  moment(
    "ssh request lost",
    60,
    "what is sent to the login is thrown away, then the connection is cut",
    swallow("toServer"),
  ),
  moment(
    "ssh half-closed",
    40,
    "one side of the SSH connection is closed, the other stays",
    async (proxy, draw) => {
      const wasOpen = proxy.open > 0;
      proxy.halfClose(draw.pick(["toClient", "toServer"]));
      await sleep(draw.between(100, 1000));
      return wasOpen;
    },
  ),
  moment(
    "ssh refused",
    40,
    "the SSH connection is cut, and new ones are refused for some seconds",
    async (proxy, draw) => {
      const wasOpen = proxy.open > 0;
      proxy.refuse();
      try {
        proxy.cut();
        await sleep(draw.between(500, 3000));
      } finally {
        await proxy.admit();
      }
      return wasOpen;
    },
  ),
  moment(
    "ssh slow",
    40,
    "everything to and from the login takes up to two seconds longer, for some seconds",
    async (proxy, draw) => {
      proxy.delay(draw.between(200, 2000));
      try {
        await sleep(draw.between(1000, 3000));
      } finally {
        proxy.delay(0);
      }
      return proxy.open > 0;
    },
  ),
];
