/** The themes by name, and which of them is nearest to one of other viewers. */

export const THEMES = ["light", "dark", "light-dense", "dark-dense", "high-contrast"] as const;

/** The name of a theme. */
export type ThemeName = (typeof THEMES)[number];

/** Those of `<perspective-viewer>` whose names do not say whether they are light or dark. */
const BY_NAME: Record<string, ThemeName> = {
  "material dense": "light-dense",
  botanical: "dark",
  dracula: "dark",
  gruvbox: "light",
  monokai: "dark",
  phosphor: "dark",
  solarized: "light",
  vaporwave: "dark",
};

export function isTheme(value: unknown): value is ThemeName {
  return THEMES.includes(value as ThemeName);
}

/** The theme of that name, or the nearest; none for names that say nothing. */
export function themeNamed(name: string): ThemeName | undefined {
  const plain = name.trim().toLowerCase();
  if (isTheme(plain)) return plain;
  const dense = /\bdense\b/.test(plain);
  if (/\bdark\b/.test(plain)) return dense ? "dark-dense" : "dark";
  if (/\blight\b/.test(plain)) return dense ? "light-dense" : "light";
  return BY_NAME[plain];
}
