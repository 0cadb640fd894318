import { expect, test } from "vitest";
import { commandOutput } from "../../lab/command.ts";
import { eventually } from "../../lab/eventually.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { noTraces, pidNamespaceOf, readTraces } from "./machine.ts";
import { OwnLab } from "./own-lab.ts";

const job = (image: string): string =>
  JSON.stringify({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "reaches-the-api-server" },
    spec: {
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "main",
              image,
              command: [
                "sh",
                "-c",
                "nc -w 5 kubernetes.default.svc.cluster.local 443 < /dev/null && echo connected",
              ],
            },
          ],
        },
      },
    },
  });

// Its programs take minutes to build and nothing else needs them yet.
test.runIf(process.env["BATCHWRIGHT_FULL"] === "1")(
  "the node runs pods, which find services by name, and ends without a trace",
  { timeout: 900_000 },
  async () => {
    await using own = new OwnLab("node");
    await own.tell("build", "kube", "node");
    const { kube, node } = await own.up("kube", "node");
    if (kube === undefined || node === undefined) throw new Error("lab.json names no node");
    const namespace = await pidNamespaceOf(node.daemons["init"]?.pid ?? 0);

    expect(await kubectl({ kube }, ["create", "--filename", "-"], { stdin: job(node.image) })).toMatchObject({
      code: 0,
    });
    const logs = await eventually(
      async () => (await kubectl({ kube }, ["logs", "job/reaches-the-api-server"])).stdout || undefined,
      { within: 60_000, every: 500 },
    );
    expect(logs).toBe("connected\n");

    const link = `bwlab${(await own.read()).number}`;
    const links = async (): Promise<string> => commandOutput("ls", ["/sys/class/net"]);
    expect(await links()).toContain(link);
    expect(await own.down()).toMatchObject({ code: 0 });
    expect(await readTraces(own.name, [namespace])).toEqual(noTraces);
    expect((await links()).split("\n")).not.toContain(link);
  },
);
