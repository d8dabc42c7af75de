/**
 * The settings that are of the view as a whole: its title, how groups roll up, how many rows.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { chipStyles } from "./chip_styles.js";
import { define } from "./define.js";
import { formStyles } from "./form_styles.js";
import { closeIcon } from "./icons.js";
import { Fields } from "./settings_fields.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";
import { ElementWords, wordFor } from "./words.js";

/** The fields whose text is a number of rows or groups; empty where there is no bound. */
type Count = "group_by_depth" | "offset" | "limit";

export class MillraceOptions extends LitElement {
  static override properties = {
    config: { attribute: false },
    fields: { attribute: false },
  };

  declare config: ViewerConfig;
  declare fields: Fields;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.config = defaultConfig();
    this.fields = new Fields([]);
  }

  static override styles = [formStyles, chipStyles];

  #edit(change: Partial<ViewerConfig>): void {
    const changed = { ...this.config, ...change };
    if (JSON.stringify(changed) === JSON.stringify(this.config)) return;
    this.dispatchEvent(new CustomEvent<ViewerConfig>("edit", { detail: changed }));
  }

  override render() {
    const { config } = this;
    const { say } = this.#words;
    const grouped = config.group_by.length > 0;
    const split = config.split_by.length > 0;
    return html`
      <form @submit=${(event: Event) => event.preventDefault()}>
        <label>
          <span>${say("options.title")}</span>
          <input
            type="text"
            autocomplete="off"
            placeholder=${say("options.none")}
            data-testid="option-title"
            .value=${config.title ?? ""}
            @change=${(event: Event) =>
              this.#edit({ title: (event.target as HTMLInputElement).value.trim() || null })}
          />
        </label>
        ${this.#select("group_rollup_mode", ["rollup", "flat", "total"])}
        ${split ? this.#select("split_rollup_mode", ["flat", "rollup"]) : nothing}
        ${grouped ? this.#count("group_by_depth", say("options.all")) : nothing}
        ${grouped && config.group_rollup_mode === "rollup" ? this.#groupLimits() : nothing}
        ${this.#count("limit", say("options.all"))}
        ${this.#count("offset", say("options.none"))}
        ${grouped || split ? nothing : this.#ofRows()}
      </form>
    `;
  }

  #select(
    field: "group_rollup_mode" | "split_rollup_mode",
    choices: ("rollup" | "flat" | "total")[],
  ): TemplateResult {
    const current = this.config[field];
    const { say } = this.#words;
    return html`<label>
      <span>${say(`options.${field}`)}</span>
      <select
        data-testid="option-${field}"
        .value=${current}
        @change=${(event: Event) =>
          this.#edit({ [field]: (event.target as HTMLSelectElement).value })}
      >${choices.map(
        (value) =>
          html`<option value=${value} ?selected=${value === current}>${say(`options.${value}`)}</option>`,
      )}</select>
    </label>`;
  }

  #count(field: Count, empty: string): TemplateResult {
    const value = this.config[field];
    const none = defaultConfig()[field];
    return this.#number(
      this.#words.say(`options.${field}`),
      `option-${field}`,
      value === none ? null : value,
      empty,
      0,
      (count) => this.#edit({ [field]: count ?? none }),
    );
  }

  #number(
    label: string,
    testid: string,
    value: number | null,
    empty: string,
    min: number,
    apply: (count: number | null) => void,
  ): TemplateResult {
    return html`<label>
      <span>${label}</span>
      <input
        type="number"
        min=${min}
        step="1"
        inputmode="numeric"
        placeholder=${empty}
        data-testid=${testid}
        .value=${value === null ? "" : String(value)}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (!input.checkValidity()) input.reportValidity();
          else apply(input.value === "" ? null : Number(input.value));
        }}
      />
    </label>`;
  }

  /** The most groups to show: one number for all levels, or one for each. */
  #groupLimits(): TemplateResult[] {
    const { group_by, group_limit } = this.config;
    const { say } = this.#words;
    const limits = group_by.map((_, level) =>
      Array.isArray(group_limit) ? (group_limit[level] ?? null) : group_limit,
    );
    return limits.map((limit, level) =>
      this.#number(
        say("options.group_limit", { column: group_by[level] ?? "" }),
        `option-group_limit-${level}`,
        limit,
        say("options.all"),
        1,
        (count) => {
          const changed = limits.with(level, count);
          const same = changed.every((each) => each === changed[0]);
          this.#edit({ group_limit: same ? (changed[0] ?? null) : changed });
        },
      ),
    );
  }

  /** What there is of rows without groups alone. */
  #ofRows(): TemplateResult {
    const { distinct, limit_by } = this.config;
    const { say } = this.#words;
    const columns = limit_by?.columns ?? [];
    const set = (chosen: string[]) =>
      this.#edit({
        limit_by: chosen.length > 0 ? { limit: limit_by?.limit ?? 1, columns: chosen } : null,
      });
    return html`
      <label>
        <span>${say("options.distinct")}</span>
        <input
          type="checkbox"
          data-testid="option-distinct"
          .checked=${distinct}
          @change=${(event: Event) =>
            this.#edit({ distinct: (event.target as HTMLInputElement).checked })}
        />
      </label>
      <div class="field" role="group" aria-label=${say("options.limit_by.label")}>
        <span>${say("options.limit_by")}</span>
        <div class="chips" data-testid="option-limit_by">
          ${columns.map(
            (column) => html`<span class="chip">
              <span>${column}</span>
              <button
                type="button"
                aria-label=${say("options.limit_by.remove", { column })}
                @click=${() => set(columns.filter((each) => each !== column))}
              >${closeIcon}</button>
            </span>`,
          )}
          <millrace-menu
            text=${say("settings.add")}
            label=${say("options.limit_by.add")}
            .items=${() =>
              this.fields.all
                .filter(({ name, kind }) => kind !== "aggregate" && !columns.includes(name))
                .map(({ name, type }) => ({
                  value: name,
                  label: name,
                  hint: wordFor(say, "type", type),
                }))}
            @choose=${(event: CustomEvent<string>) => set([...columns, event.detail])}
          ></millrace-menu>
        </div>
      </div>
      ${
        limit_by
          ? this.#number(
              say("options.limit_by.rows"),
              "option-limit_by-limit",
              limit_by.limit,
              "1",
              1,
              (limit) => this.#edit({ limit_by: { ...limit_by, limit: limit ?? 1 } }),
            )
          : nothing
      }
    `;
  }
}

/** The fields of a config that are edited here, as the places of errors name them. */
export const OPTION_PLACES =
  /^(group_by_depth|group_rollup_mode|split_rollup_mode|group_limit|limit_by|distinct|offset|limit)\b/;

/** Whether anything here is other than by default. */
export function hasOptions(config: ViewerConfig): boolean {
  const defaults = defaultConfig();
  const fields = [
    "title",
    "group_rollup_mode",
    "split_rollup_mode",
    "group_by_depth",
    "group_limit",
    "limit_by",
    "distinct",
    "offset",
    "limit",
  ] as const;
  return fields.some((field) => config[field] !== defaults[field]);
}

define("millrace-options", MillraceOptions);
