/**
 * Scripts that lie beside this one, for what not every page needs: fetched when first asked for,
 * once for all elements of the page.
 */
import { MillraceError } from "../client/errors.js";

export class SiblingScript<Module> {
  readonly #file: string;
  readonly #what: string;
  #module: Promise<Module> | undefined;
  /** How often it could not be had. */
  #failures = 0;

  /** `what` it has, for an error: "The charts". */
  constructor(file: string, what: string) {
    this.#file = file;
    this.#what = what;
  }

  get address(): string {
    // The variable keeps bundlers from taking the script for a part of their own.
    const file = this.#file;
    return new URL(file, import.meta.url).href;
  }

  load(): Promise<Module> {
    this.#module ??= this.#import();
    return this.#module;
  }

  async #import(): Promise<Module> {
    const { address } = this;
    // Some browsers remember for an address that it failed; it is the same file under another one.
    const again = this.#failures > 0 ? `#${this.#failures}` : "";
    try {
      return (await import(/* @vite-ignore */ /* webpackIgnore: true */ address + again)) as Module;
    } catch (error) {
      // Who asks next may be luckier.
      this.#module = undefined;
      this.#failures++;
      throw new MillraceError({
        kind: "not_loaded",
        message: `${this.#what} could not be loaded from ${address}: ${String(error)}`,
        expected: `${this.#file} beside the viewer's script`,
      });
    }
  }
}
