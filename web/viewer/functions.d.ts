/** What `scripts/functions_plugin.mjs` reads from the documentation of expressions. */
declare module "*.md?functions" {
  interface DocumentedFunction {
    name: string;
    /** How it is called: `bucket(x, width)`. */
    signature: string;
    /** What it does, in a line. */
    help: string;
    /** The type of what it gives. */
    gives: string;
    example: string;
    /** What the example gives. */
    result: string;
  }
  const functions: DocumentedFunction[];
  export default functions;
}
