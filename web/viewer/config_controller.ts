/**
 * What a viewer is asked to show: by attributes, by programs, by a person who may take it back.
 *
 * Of several changes in a row only the newest is tried. One that cannot be shown stays the
 * draft, beside the problem, until it is mended or given up.
 */
import type { ReactiveControllerHost } from "lit";
import { MillraceError } from "../client/errors.js";
import { readAttributes } from "./attributes.js";
import { ConfigHistory } from "./config_history.js";
import { withoutUnknownColumns } from "./fit_config.js";
import type { ReadConfig } from "./read_config.js";
import type { ViewController } from "./view_controller.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";

export class ConfigController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #view: ViewController;
  /** Told whenever something else is asked for. */
  readonly #asked: () => void;
  readonly #history = new ConfigHistory<ViewerConfig>();
  #draft: ViewerConfig = defaultConfig();
  #problem: MillraceError | undefined;
  #newest: ViewerConfig | undefined;
  #applied: Promise<void> = Promise.resolve();
  /** What is set was set for a table shown before, or in an address: the next may be another. */
  #setElsewhere = false;

  constructor(host: ReactiveControllerHost & Element, view: ViewController, asked: () => void) {
    this.#host = host;
    this.#view = view;
    this.#asked = asked;
  }

  /** What is asked for; differs from the view's config while it is tried or has failed. */
  get draft(): ViewerConfig {
    return this.#draft;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  /** Why the draft is not what is shown, or another failure that a person has to know of. */
  get problem(): MillraceError | undefined {
    return this.#problem;
  }

  fail(problem: MillraceError | undefined): void {
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  /** Resolves when what was asked for is on the screen, or has failed. */
  async settled(): Promise<void> {
    await this.#applied.catch(() => {});
  }

  // ---- before there is a table ----

  /** Asks for what the attributes say. */
  start(): void {
    this.#ask({ ...this.#draft, ...this.#attributes() });
  }

  /** Asks for what was set elsewhere, for a table like the one to come. */
  startFrom(config: Partial<ViewerConfig>): void {
    this.#ask({ ...this.#draft, ...config });
    this.#setElsewhere = true;
  }

  // ---- tables ----

  /** The view has a table: shows it by what is asked for. */
  async open(): Promise<void> {
    if (this.#setElsewhere) await this.#carryOver();
    else await this.tryConfig(this.#draft);
    this.#setElsewhere = true;
  }

  /** The table has other columns: asks for the same, and shows it if it cannot be had. */
  async reopen(): Promise<void> {
    await this.tryConfig({ ...this.#draft });
  }

  close(): void {
    this.#history.clear();
  }

  /** What was set for another table goes on as far as it fits this one. */
  async #carryOver(): Promise<void> {
    this.fail(undefined);
    await this.tryConfig(this.#fitting(this.#draft));
    // Columns of one name may be of another type: then nothing of it is worth keeping.
    if (this.#problem) await this.tryConfig({ ...defaultConfig(), ...this.#attributes() });
    if (this.#problem) await this.tryConfig(defaultConfig());
  }

  /** The config as far as it names columns that the table has, if one is there. */
  fit(config: Partial<ViewerConfig>): ReadConfig {
    const known = new Set(this.#view.columns.map((column) => column.name));
    return known.size > 0 ? withoutUnknownColumns(config, known) : { config, dropped: [] };
  }

  #fitting(config: ViewerConfig): ViewerConfig {
    const fitting = { ...config, ...this.fit(config).config };
    // Where none of the columns is left, all of the table's are better than none.
    const noneLeft = fitting.columns?.length === 0 && this.#view.columns.length > 0;
    return noneLeft ? { ...fitting, columns: null } : fitting;
  }

  // ---- changes by programs ----

  /** Attributes have changed. */
  async applyAttributes(): Promise<void> {
    this.fail(undefined);
    const attributes = this.#attributes();
    if (!this.#problem) await this.tryConfig({ ...this.#draft, ...attributes });
  }

  /** Takes over fields that may be of another table; fails where they make no view. */
  async restore(config: Partial<ViewerConfig>): Promise<void> {
    this.#record();
    // What was set for a table of other columns goes as well.
    await this.#apply(this.#fitting({ ...this.#draft, ...config }));
  }

  /** Back to what the attributes say. */
  async reset(): Promise<void> {
    this.fail(undefined);
    this.#record();
    await this.#apply({ ...defaultConfig(), ...this.#attributes() });
  }

  /** It can be taken back once there is something to go back to. */
  #record(): void {
    if (this.#view.view) this.#history.record(this.#draft);
  }

  /** What the attributes set; one that cannot be read is shown as the problem. */
  #attributes(): Partial<ViewerConfig> {
    const { config, problems } = readAttributes(this.#host);
    for (const problem of problems) console.error(problem);
    if (problems[0]) this.fail(problems[0]);
    return config;
  }

  // ---- changes by a person ----

  /** A change that can be taken back. */
  edit(config: ViewerConfig): void {
    this.#history.record(this.#draft);
    void this.tryConfig(config);
  }

  undo(): void {
    this.#step(this.#history.undo(this.#draft));
  }

  redo(): void {
    this.#step(this.#history.redo(this.#draft));
  }

  /** Gives up what cannot be shown, for what is on the screen. */
  giveUp(): void {
    this.fail(undefined);
    this.#history.record(this.#draft);
    this.#newest = this.#view.config;
    this.#ask(this.#view.config);
  }

  #step(config: ViewerConfig | undefined): void {
    if (!config) return;
    this.fail(undefined);
    void this.tryConfig(config);
  }

  // ---- trying them ----

  /** Asks for a config whose failure a person sees on the screen. */
  async tryConfig(config: ViewerConfig): Promise<void> {
    await this.#apply(config).catch(() => {});
  }

  #ask(config: ViewerConfig): void {
    this.#draft = config;
    this.#host.requestUpdate();
    this.#asked();
  }

  /** Fails as the view does. */
  #apply(config: ViewerConfig): Promise<void> {
    this.#ask(config);
    this.#newest = config;
    const applied = this.#applied.catch(() => {}).then(() => this.#show(config));
    this.#applied = applied;
    // Errors are for who awaits this very change; later changes start afresh.
    applied.catch(() => {});
    return applied;
  }

  async #show(config: ViewerConfig): Promise<void> {
    if (config !== this.#newest || !this.#view.table) return;
    try {
      await this.#view.show(config);
    } catch (error) {
      const problem = MillraceError.from(error);
      if (config === this.#newest && problem.kind !== "terminated") this.fail(problem);
      throw problem;
    }
    if (this.#problem?.kind !== "bad_attribute") this.fail(undefined);
  }
}
