/** The language that an element stands in, through shadow roots. */

/** The nearest `lang`, of the element itself or of what is around it. */
export function languageOf(element: Element): string | undefined {
  for (let at: Element | undefined = element; at; ) {
    const found: Element | null = at.closest("[lang]");
    const lang = found?.getAttribute("lang");
    if (lang) return lang;
    const root = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return undefined;
}
