/**
 * The API's names, without the element.
 */
import { websocket, worker } from "./browser.js";

export type { WebsocketOptions } from "./browser.js";
export { websocket, worker } from "./browser.js";
export { Client } from "./client.js";
export { MillraceError } from "./errors.js";
export type { TokenSource } from "./relay.js";
export type { FeedStatus, RelayStatus } from "./relay_types.js";
export { Table } from "./table.js";
export type * from "./types.js";
export { View } from "./view.js";

/** What a script begins with: an engine of its own, or a relay's feeds. */
const millrace = { worker, websocket };
export default millrace;
