import { describe, expect, it } from "vitest";
import { relayOf, relayUrl } from "../client/relay_url.js";

describe("a relay's address", () => {
  it("has one spelling", () => {
    for (const [given, expected] of [
      ["localhost:8080", "ws://localhost:8080/ws"],
      ["http://host", "ws://host/ws"],
      ["https://host/", "wss://host/ws"],
      ["ws://host:9/ws", "ws://host:9/ws"],
      ["https://host/live/", "wss://host/live/ws"],
      ["localhost:8080/live/", "ws://localhost:8080/live/ws"],
      ["wss://host/live", "wss://host/live"],
      ["wss://host/some/socket", "wss://host/some/socket"],
    ] as const) {
      expect(relayUrl(given), given).toBe(expected);
    }
    expect(relayUrl("./", "https://host/live/index.html")).toBe("wss://host/live/ws");
    expect(() => relayUrl("ftp://host")).toThrow("is not the address of a relay");
  });

  it("is beside the script that a relay serves, and at the root of a site with a bundle", () => {
    expect(relayOf("https://host:9/millrace.js")).toBe("https://host:9/");
    expect(relayOf("https://host/live/millrace.js?v=1")).toBe("https://host/live/");
    expect(relayOf("https://app.example.com/assets/index-1a2b3c4d.js")).toBe(
      "https://app.example.com",
    );
    expect(relayOf("file:///home/a/millrace.js")).toBeUndefined();
  });
});
