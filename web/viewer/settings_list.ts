/**
 * The list of all columns: which there are, of what type, and which of them are shown.
 */
import { html, nothing, type TemplateResult } from "lit";
import { editIcon } from "./icons.js";
import type { MenuItem } from "./menu.js";
import { addTo, removeFrom } from "./settings_edits.js";
import type { Field } from "./settings_fields.js";
import type { ItemHost } from "./settings_item.js";
import { canAdd, ZONES, type Zone, zoneColumns } from "./settings_zones.js";
import { typeBadge } from "./type_badge.js";

export interface ListState {
  search: string;
  setSearch(text: string): void;
  /** Something is dragged that would be taken out of its zone here. */
  dropping: boolean;
  /** What is wrong with a computed column, and the words for it. */
  fault: { column: string; note: TemplateResult } | undefined;
}

/** The ways to make a column that the table does not have. */
const NEW_COLUMNS = ["expression", "window", "aggregate"] as const;

export function listTemplate(
  host: ItemHost & { create(kind: string): void },
  state: ListState,
): TemplateResult {
  const wanted = state.search.trim().toLowerCase();
  const { say } = host;
  const { all } = host.fields;
  const found = all.filter((field) => field.name.toLowerCase().includes(wanted));
  const shown = new Set(zoneColumns(host.config, "columns", host.fields));
  return html`
    <section
      class="list ${state.dropping ? "dropping" : ""}"
      data-testid="all-columns"
      data-drop-zone="all"
      aria-label=${say("settings.all-columns")}
    >
      <div class="zone-head">
        <h3>${say("settings.all-columns")} <span class="count">${say("settings.all-columns.shown", { shown: shown.size, all: all.length })}</span></h3>
        <millrace-menu
          text=${say("settings.new")}
          label=${say("settings.new.label")}
          data-testid="new-column"
          .items=${NEW_COLUMNS.map((kind) => ({ value: kind, label: say(`list.${kind}`), hint: say(`list.${kind}.hint`) }))}
          @choose=${(event: CustomEvent<string>) => host.create(event.detail)}
        ></millrace-menu>
      </div>
      <input
        type="search"
        class="search"
        placeholder=${say("settings.find")}
        aria-label=${say("settings.find")}
        data-testid="search"
        autocomplete="off"
        spellcheck="false"
        .value=${state.search}
        @input=${(event: Event) => state.setSearch((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => {
          // The first Escape empties the box, the next one closes the panel.
          if (event.key === "Escape" && state.search !== "") event.stopPropagation();
        }}
      />
      <ul data-scrolls>${found.map((field) => row(host, field, shown.has(field.name), state.fault))}</ul>
      ${found.length === 0 ? html`<p class="none">${say("settings.find.none", { text: state.search })}</p>` : nothing}
    </section>
  `;
}

function row(
  host: ItemHost,
  field: Field,
  shown: boolean,
  fault: ListState["fault"],
): TemplateResult {
  const faulty = fault?.column === field.name;
  const { name, type, kind, detail } = field;
  const { config, fields, say } = host;
  return html`<li
    class="column ${shown ? "" : "hidden-column"} ${faulty ? "faulty" : ""}"
    data-testid="column"
    data-column=${name}
    data-draggable
  >
    <div class="line">
      <label class="check" data-nodrag>
        <input
          type="checkbox"
          aria-label=${say("list.show", { name })}
          title=${say(shown ? "list.shown" : "list.hidden")}
          data-testid="shown"
          .checked=${shown}
          @change=${() => {
            const index = zoneColumns(config, "columns", fields).indexOf(name);
            host.edit(
              shown
                ? removeFrom(config, "columns", index, fields)
                : addTo(config, "columns", name, fields),
            );
          }}
        />
      </label>
      <span class="grip" title=${say("list.drag")}>${typeBadge(say, type, kind)}</span>
      <span class="name" title="${name}: ${detail}">${name}</span>
      ${
        kind === "column"
          ? nothing
          : html`<button
            class="icon"
            aria-label=${say("list.edit", { name })}
            title=${say("item.compute")}
            data-testid="edit-column"
            @click=${() => host.compute(name)}
          >${editIcon}</button>`
      }
      <millrace-menu
        text=${say("list.add")}
        label=${say("list.add.label", { name })}
        data-testid="add-to"
        .items=${() => targets(host, name)}
        @choose=${(event: CustomEvent<string>) =>
          host.edit(addTo(host.config, event.detail as Zone, name, fields))}
      ></millrace-menu>
    </div>
    ${faulty ? fault.note : nothing}
  </li>`;
}

function targets({ config, fields, say }: ItemHost, column: string): MenuItem[] {
  return ZONES.filter((zone) => fields.fits(column, zone)).map((zone) => {
    const free = canAdd(config, zone, column, fields);
    return {
      value: zone,
      label: say(`zone.${zone}`),
      disabled: !free,
      ...(free ? {} : { hint: say("list.there") }),
    };
  });
}
