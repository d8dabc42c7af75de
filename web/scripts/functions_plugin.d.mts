export interface DocumentedFunction {
  name: string;
  signature: string;
  help: string;
  gives: string;
  example: string;
  result: string;
}

/** For the builds: answers imports of documentation with `?functions` behind it. */
export function functionsPlugin(): { name: string };

/** The functions that are documented in a text. */
export function functionsIn(markdown: string): DocumentedFunction[];
