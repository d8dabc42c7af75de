/**
 * Registers an element, once: a page may load this script from two relays, and the first
 * one wins.
 */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
