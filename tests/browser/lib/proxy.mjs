/**
 * A network that can fail: a TCP proxy whose connections a test cuts.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Proxy {
  #server;
  #sockets = new Set();
  #refusing = false;

  static async to(port) {
    const proxy = new Proxy();
    proxy.#server = createServer((client) => {
      if (proxy.#refusing) return void client.destroy();
      const target = connect(port, "127.0.0.1");
      for (const [from, to] of [
        [client, target],
        [target, client],
      ]) {
        proxy.#sockets.add(from);
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          proxy.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.port = proxy.#server.address().port;
    proxy.base = `http://127.0.0.1:${proxy.port}`;
    return proxy;
  }

  /** Cuts every connection, in the middle of whatever it carries. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Cuts every connection and takes no new one until told to. */
  down() {
    this.#refusing = true;
    this.cut();
  }

  up() {
    this.#refusing = false;
  }

  async end() {
    this.down();
    this.#server.close();
    await once(this.#server, "close");
  }
}
