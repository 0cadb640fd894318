import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, inject, test } from "vitest";
import { eventually } from "../../lab/eventually.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";

const lab = inject("lab");
const sshd = lab.clusters.c1.ssh.port;

/** A client of sshd that keeps all it hears. sshd speaks first: its banner is a known stream of bytes. */
class Listener implements Disposable {
  readonly socket: Socket;
  heard = "";
  failure: string | undefined;
  ended = false;

  constructor(port: number) {
    this.socket = createConnection({ host: "127.0.0.1", port, allowHalfOpen: true });
    this.socket.on("data", (bytes: Buffer) => (this.heard += bytes.toString("latin1")));
    this.socket.on("end", () => (this.ended = true));
    this.socket.on("error", (error: NodeJS.ErrnoException) => (this.failure = error.code));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

const banner = /^SSH-2\.0-OpenSSH\S+[^\n]*\n/;
const soon = { within: 5_000, every: 10 };

describe("a TCP proxy between real parts", () => {
  test("carries everything both ways while no fault is set", async () => {
    await using proxy = await TcpProxy.to(lab.kube.port);
    const [direct, through] = await Promise.all(
      [lab.kube.server, `https://127.0.0.1:${proxy.port}`].map(async (server) =>
        kubectl(lab, ["--server", server, "get", "--raw", "/openapi/v2"]),
      ),
    );
    expect(through).toEqual(direct);
    expect(through?.stdout.length).toBeGreaterThan(1_000_000);
    expect({
      accepted: proxy.accepted > 0,
      open: await eventually(() => proxy.open === 0 && "none", soon),
    }).toEqual({
      accepted: true,
      open: "none",
    });
  });

  test("cut resets what is open; what comes afterwards lives", async () => {
    await using proxy = await TcpProxy.to(sshd);
    using first = new Listener(proxy.port);
    await eventually(() => banner.test(first.heard), soon);
    proxy.cut();
    expect(await eventually(() => first.failure, soon)).toBe("ECONNRESET");
    using second = new Listener(proxy.port);
    await eventually(() => banner.test(second.heard), soon);
  });

  test("refuse gives ECONNREFUSED and leaves open connections alone, admit ends it on the same port", async () => {
    await using proxy = await TcpProxy.to(sshd);
    using open = new Listener(proxy.port);
    await eventually(() => banner.test(open.heard), soon);
    proxy.refuse();
    using refused = new Listener(proxy.port);
    expect(await eventually(() => refused.failure, soon)).toBe("ECONNREFUSED");
    // sshd answers a line that is no SSH version by a message and a close: the open connection still works.
    open.socket.write("hello\r\n");
    await eventually(() => open.heard.includes("Invalid SSH identification string."), soon);
    await proxy.admit();
    using admitted = new Listener(proxy.port);
    await eventually(() => banner.test(admitted.heard), soon);
  });

  test("delay holds every piece back and keeps their order", async () => {
    await using proxy = await TcpProxy.to(sshd);
    proxy.delay(300, "toClient");
    const begin = performance.now();
    using slow = new Listener(proxy.port);
    slow.socket.write("hello\r\n");
    const heard = await eventually(() => slow.ended && slow.heard, soon);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
    expect(heard).toMatch(new RegExp(`${banner.source}Invalid SSH identification string\\.`));
  });

  test("swallow loses answers and keeps the connection", async () => {
    await using proxy = await TcpProxy.to(sshd);
    proxy.swallow("toClient");
    using deaf = new Listener(proxy.port);
    await once(deaf.socket, "connect");
    deaf.socket.write("hello\r\n");
    expect(await eventually(() => deaf.ended && { heard: deaf.heard, failure: deaf.failure }, soon)).toEqual({
      heard: "",
      failure: undefined,
    });
  });

  test("cutAfter passes exactly that many bytes and resets", async () => {
    await using proxy = await TcpProxy.to(sshd);
    proxy.cutAfter(4);
    using short = new Listener(proxy.port);
    expect(
      await eventually(() => short.failure && { failure: short.failure, heard: short.heard }, soon),
    ).toEqual({
      failure: "ECONNRESET",
      heard: "SSH-",
    });
    using whole = new Listener(proxy.port);
    await eventually(() => banner.test(whole.heard), soon);
  });

  test("halfClose ends one way only", async () => {
    await using proxy = await TcpProxy.to(sshd);
    using half = new Listener(proxy.port);
    await eventually(() => banner.test(half.heard), soon);
    proxy.halfClose("toClient");
    expect(await eventually(() => half.ended && half.socket.writable && "ended, still writable", soon)).toBe(
      "ended, still writable",
    );
  });

  test("closes fully: nothing listens, nothing is open", async () => {
    let port = 0;
    let client: Listener | undefined;
    {
      await using proxy = await TcpProxy.to(sshd);
      port = proxy.port;
      client = new Listener(port);
      await once(client.socket, "connect");
    }
    await expect(text(createConnection({ host: "127.0.0.1", port }))).rejects.toThrow("ECONNREFUSED");
    expect(await eventually(() => client.failure, soon)).toBe("ECONNRESET");
    client[Symbol.dispose]();
  });
});
