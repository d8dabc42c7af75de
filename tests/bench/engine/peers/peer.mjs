/**
 * What a peer's module gives: a class with these methods. One of each runs in a page of its
 * own. What is timed is said; all else is not.
 *
 * @typedef {import("../questions.mjs").Question} Question
 * @typedef {import("../answers.mjs").Row} Row
 * @typedef {import("../answers.mjs").Source} Source
 *
 * @typedef {object} Peer
 * @property {string[]} notes What a reader of the figures should know.
 * @property {() => Promise<void>} start Loads the engine.
 * @property {(bytes: ArrayBuffer, live?: import("../questions.mjs").Live) => Promise<any>} load
 *   A table of an Arrow IPC stream; the bytes may be used up. Timed with `size` behind it.
 * @property {(table: any) => Promise<number>} size Its rows.
 * @property {(table: any) => Promise<void>} drop
 * @property {(table: any, bytes: ArrayBuffer) => Promise<void>} append Timed in live questions:
 *   the rows of an Arrow IPC stream into a table that was loaded for one.
 * @property {(table: any, question: Question, reading?: Record<string, string>) => Promise<any>}
 *   prepare What can be made once before the question is asked.
 * @property {(plan: any) => Promise<any>} ask Timed: makes the view.
 * @property {(view: any) => Promise<any>} first Timed: its first rows, in the peer's own form,
 *   and their number where the question counts them.
 * @property {(view: any) => Promise<any>} [refresh] Timed in live questions: brings the view up
 *   to date where the peer does not do so by itself.
 * @property {(view: any, from: number, to: number) => Promise<any>} window Timed in `jump`.
 * @property {(view: any) => Promise<Source>} source The whole result, for its answer.
 * @property {(view: any) => Promise<void>} close
 * @property {(plan: any) => Promise<void>} [release] Gives up what `prepare` made.
 * @property {(table: any, view: any, bytes: ArrayBuffer) => Promise<number>} [step] Of a peer that
 *   measures live questions itself: `append` and `first`, in milliseconds.
 */

/** Thrown by a peer that has no way to answer. */
export class CannotAnswer extends Error {
  name = "CannotAnswer";
}
