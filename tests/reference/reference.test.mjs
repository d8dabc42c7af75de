/** The API reference: every name that the package exports says what it is, and has its page. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Application, Logger, LogLevel, TSConfigReader, TypeDocReader } from "typedoc";

/** Keeps what typedoc would print. */
class Kept extends Logger {
  lines = [];

  log(message, level) {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.lines.push(message);
  }
}

test("every exported name and method has a comment, and a page", async (t) => {
  process.chdir(fileURLToPath(new URL(".", import.meta.url)));
  const app = await Application.bootstrap({}, [new TypeDocReader(), new TSConfigReader()]);
  const logger = new Kept();
  app.logger = logger;
  const project = await app.convert();
  assert.ok(project, logger.lines.join("\n"));
  app.validate(project);
  assert.deepEqual(logger.lines, []);

  const out = await mkdtemp(join(tmpdir(), "millrace-reference-"));
  t.after(() => rm(out, { recursive: true }));
  await app.generateDocs(project, out);
  const classes = await readdir(join(out, "classes"));
  for (const name of ["Client", "Table", "View", "MillraceViewer"]) {
    assert.ok(classes.includes(`index.${name}.html`), `${name} has a page`);
  }
  const page = await readFile(join(out, "classes", "index.View.html"), "utf8");
  assert.match(page, /to_columns/);
  assert.doesNotMatch(page, /file:\/\/|\/home\/|\/tmp\//, "no path of this machine");
});
