//! Turns the engine's compiled WebAssembly into what a page loads: `millrace_engine.js`,
//! `millrace_engine_bg.wasm` and their type declarations, as `wasm-bindgen --target web` does, and
//! lays `millrace_zones.bin` beside them, the data of time zones.
//!
//! `cargo xtask build` runs it; it is not meant to be run by hand. It is a program because
//! `wasm-bindgen` must be of exactly the version that the engine was compiled with: as a
//! dependency it is held there by `Cargo.lock`, and nobody has to install a tool.
//!
//! ```text
//! bindgen INPUT.wasm OUTPUT_FOLDER [--debug]
//! ```

mod zones;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let debug = args.contains("--debug");
    let input: PathBuf = args.free_from_str().context("the first argument is the .wasm to read")?;
    let output: PathBuf =
        args.free_from_str().context("the second argument is the folder to write")?;
    let rest = args.finish();
    if !rest.is_empty() {
        bail!("these arguments are one too many: {rest:?}");
    }

    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&input)
        .web(true)?
        .typescript(true)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(!debug);
    bindgen
        .generate(&output)
        .with_context(|| format!("making {} from {}", output.display(), input.display()))?;
    let file = output.join("millrace_zones.bin");
    std::fs::write(&file, zones::zone_file()).with_context(|| format!("writing {}", file.display()))
}
