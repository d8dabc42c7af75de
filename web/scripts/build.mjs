/**
 * Builds web/dist: the element and API, the Worker, the charts, the settings panel, the Node entry,
 * the demo page, types.
 *
 * Each script is a file of its own with a stable name and no shared chunks, so that a page
 * needs one `<script>` and the relay a fixed list of files. The wasm stays a file. Source maps
 * lie in web/maps, as deep: the package has them, the relay, which serves all of dist, does not.
 */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { functionsPlugin } from "./functions_plugin.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;
const maps = `${root}maps`;
const wasm = `${root}wasm/millrace_engine_bg.wasm`;
const zones = `${root}wasm/millrace_zones.bin`;

if (![wasm, zones, `${root}wasm/millrace_engine.js`].every((file) => existsSync(file))) {
  console.error(
    "web/wasm is missing: the engine has to be built first.\n" +
      "Run `cargo xtask build` in the top folder; it builds the engine into web/wasm and then calls this.",
  );
  process.exit(1);
}

/**
 * The generated script names its wasm for when nobody else does. We always do, and the
 * bundler would take the name for an asset to put into the script.
 */
const keepWasmAFile = {
  name: "keep-wasm-a-file",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/wasm/millrace_engine.js")) return null;
    return code.replace(
      /new URL\(\s*(['"])millrace_engine_bg\.wasm\1\s*,\s*import\.meta\.url\s*\)/g,
      "undefined",
    );
  },
};

async function bundle(entry, file, options = {}) {
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    base: "./",
    plugins: [keepWasmAFile, functionsPlugin()],
    // Libraries ask for it, and a page has no `process`.
    ...(options.node ? {} : { define: { "process.env.NODE_ENV": '"production"' } }),
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: options.target ?? "es2022",
      minify: options.minify ?? true,
      // Without a comment: it is to name where the map is moved to.
      sourcemap: options.map ? "hidden" : false,
      ssr: options.node ?? false,
      copyPublicDir: false,
      lib: options.node
        ? undefined
        : { entry: `${root}${entry}`, formats: ["es"], fileName: () => file },
      rollupOptions: {
        ...(options.node ? { input: `${root}${entry}` } : {}),
        output: { entryFileNames: file, minify: options.minify ?? true },
        external: options.node ? [/^node:/] : (options.external ?? []),
      },
    },
  });
  if (!options.map) return;
  renameSync(`${dist}/${file}.map`, `${maps}/${file}.map`);
  appendFileSync(`${dist}/${file}`, `\n//# sourceMappingURL=../maps/${file}.map\n`);
}

for (const folder of [dist, maps]) rmSync(folder, { recursive: true, force: true });
mkdirSync(maps);
await bundle("index.ts", "millrace.js", { map: true });
await bundle("worker/entry.ts", "millrace-worker.js", { map: true });
await bundle("charts/entry.ts", "millrace-charts.js", { map: true });
await bundle("viewer/settings_entry.ts", "millrace-settings.js", { map: true });
const forNode = { node: true, minify: false, target: "node20", map: true };
await bundle("client/node.ts", "node.js", forNode);
await bundle("demo/demo.ts", "demo.js");
await bundle("react/index.ts", "react.js", { external: [/^react/], map: true });
await bundle("examples/react.tsx", "examples/react.js");
await bundle("words/de.ts", "words/de.js");
for (const file of ["index.html", "sources.css"])
  copyFileSync(`${root}demo/${file}`, `${dist}/${file}`);
for (const file of readdirSync(`${root}examples`)) {
  if (/\.(html|css)$/.test(file))
    copyFileSync(`${root}examples/${file}`, `${dist}/examples/${file}`);
}
copyFileSync(wasm, `${dist}/millrace_engine_bg.wasm`);
copyFileSync(zones, `${dist}/millrace_zones.bin`);

execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.types.json`],
  { stdio: "inherit", cwd: root },
);

compress();

/** Lays a `.br` and a `.gz` beside what browsers fetch, and says what each weighs. */
function compress() {
  const line = (name, ...sizes) =>
    name.padEnd(28) + sizes.map((size) => size.toLocaleString("en").padStart(12)).join("");
  console.log(line("web/dist, bytes", "raw", "gzip", "brotli"));
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    // Types and examples are not what a page loads.
    if (!entry.isFile()) continue;
    const path = `${dist}/${entry.name}`;
    const bytes = readFileSync(path);
    const gzip = gzipSync(bytes, { level: 9 });
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (entry.name !== "node.js") {
      writeFileSync(`${path}.gz`, gzip);
      writeFileSync(`${path}.br`, brotli);
    }
    console.log(line(entry.name, bytes.length, gzip.length, brotli.length));
  }
}
