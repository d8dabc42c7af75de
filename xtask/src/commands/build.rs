//! `build`: the engine for the browser, the web package, and the program that carries both.
//!
//! ```text
//! engine-wasm ─ cargo (wasm32) ─ bindgen ─ web/wasm ─┐
//! web/package-lock.json ─ npm ci ────────────────────┴─ vite ─ web/dist ─┐
//! relay's dependencies ─ cargo (release) ────────────────────────────────┴─ cargo ─ millrace
//! ```
//!
//! The three ways from the left run at the same time: the first waits for one core at its end
//! (link-time optimisation), the second for the network, and the third is the longest. Each step
//! is skipped when its inputs are what they were.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::stamp::{Fingerprint, Stamp};
use crate::step::{self, Step};
use crate::wasm_target::WasmTarget;
use crate::workspace::{Workspace, which};
use crate::{debian, finish, node};

/// What to build.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Keep names and debug information in the engine.
    pub debug_wasm: bool,
}

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments) -> Result<bool> {
    let options = Options { debug_wasm: args.contains("--debug-wasm") };
    let engine_only = args.contains("--engine-only");
    finish(args)?;
    if engine_only {
        engine(ws, options)?;
        println!("{}", ws.web_wasm().display());
        return Ok(true);
    }
    build(ws, options)?;
    println!("{}", ws.millrace().display());
    Ok(true)
}

/// Builds everything that is not up to date.
pub fn build(ws: &Workspace, options: Options) -> Result<()> {
    check_tools(ws)?;
    let web = || {
        web_inputs(ws, options)?;
        page(ws)
    };
    // Only worth it from nothing: later, cargo has little to do and the steps follow at once.
    let from_nothing = !ws.millrace().exists();
    let relay = || if from_nothing { program_dependencies(ws) } else { Ok(()) };
    both(web, relay)?;
    program(ws)
}

/// Builds the programs that tests and benchmarks run beside ours.
pub fn test_programs(ws: &Workspace) -> Result<()> {
    let mut cargo = ws.cargo();
    cargo.args(["build", "--release", "--package", "millrace-tests", "--bins"]);
    step::run(ws, "test programs", &mut cargo)
}

/// The engine and the web package's dependencies: what linters and unit tests of the page need.
pub fn web_ready(ws: &Workspace) -> Result<()> {
    check_tools(ws)?;
    web_inputs(ws, Options::default())
}

/// The page and its engine, without the program that serves them.
pub fn page_only(ws: &Workspace) -> Result<()> {
    web_ready(ws)?;
    page(ws)
}

/// An example of the engine's package, compiled for this machine.
pub fn engine_example(ws: &Workspace, name: &str) -> Result<()> {
    let mut cargo = ws.cargo();
    cargo.args(["build", "--release", "--package", "millrace-engine", "--example", name]);
    step::run(ws, "benchmark's rows", &mut cargo)
}

fn web_inputs(ws: &Workspace, options: Options) -> Result<()> {
    both(|| engine(ws, options), || node::install(ws, "web packages", &ws.web()))
}

/// Does both at the same time. The first to fail stops the other, and its error is the one told.
fn both(
    one: impl FnOnce() -> Result<()> + Send,
    other: impl FnOnce() -> Result<()> + Send,
) -> Result<()> {
    let first_error = Mutex::new(None);
    let watch = |work: Result<()>| {
        if let Err(error) = work {
            first_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            step::cancel_others();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| watch(other()));
        watch(one());
    });
    step::resume();
    first_error.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Says at once what the build will miss later.
///
/// The Kafka client's own build looks for a C++ compiler, though nothing of ours is in C++.
fn check_tools(ws: &Workspace) -> Result<()> {
    let missing = || -> Vec<&str> {
        ["cc", "c++", "make"].into_iter().filter(|tool| which(tool).is_none()).collect()
    };
    if !missing().is_empty() {
        debian::install(ws, &["build-essential"]).with_context(|| {
            format!(
                "{} not found: the Kafka client is compiled from C. Install a compiler and make \
                 (Debian, Ubuntu: build-essential; Fedora: gcc-c++ make; Arch: base-devel)",
                missing().join(", ")
            )
        })?;
    }
    node::check(ws)
}

/// `web/wasm`: the engine as a page loads it.
pub fn engine(ws: &Workspace, options: Options) -> Result<()> {
    let target = WasmTarget::find(ws)?;
    let step = Step::begin(ws, "engine (wasm)");
    let mut cargo = target.cargo(ws, "build");
    cargo.args(["--profile", "wasm", "--package", "millrace-engine"]);
    if options.debug_wasm {
        cargo.args(["--config", "profile.wasm.debug=true"]);
    }
    step.run(&mut cargo, None)?;
    let compiled = target.output(ws);
    step.done(&size(&compiled));

    let version = bindgen_version(ws)?;
    let out = ws.web_wasm();
    let inputs = Fingerprint::default().path(&compiled, &[])?.setting((
        &version,
        options.debug_wasm,
        include_str!("../bindgen.rs"),
        include_str!("../zones.rs"),
    ));
    let stamp = Stamp::new(out.join(".stamp"), &inputs);
    let result = out.join("millrace_engine_bg.wasm");
    if stamp.holds() && result.exists() && out.join("millrace_zones.bin").exists() {
        step::up_to_date("wasm-bindgen");
        return Ok(());
    }
    let step = Step::begin(ws, "wasm-bindgen");
    stamp.clear();
    step.run(
        ws.cargo()
            .args(["build", "--package", "xtask", "--features", "bindgen"])
            .args(["--bin", "bindgen"]),
        None,
    )?;
    let mut bindgen = ws.command(ws.target.join("debug/bindgen"));
    bindgen.arg(&compiled).arg(&out);
    if options.debug_wasm {
        bindgen.arg("--debug");
    }
    step.run(&mut bindgen, None)?;
    stamp.set()?;
    step.done(&size(&result));
    Ok(())
}

/// The version of wasm-bindgen in `Cargo.lock`, of the library and of what post-processes it.
fn bindgen_version(ws: &Workspace) -> Result<String> {
    let file = ws.root.join("Cargo.lock");
    let lock =
        std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let version = |name: &str| locked_version(&lock, name);
    match (version("wasm-bindgen"), version("wasm-bindgen-cli-support")) {
        (Some(library), Some(tool)) if library == tool => Ok(library),
        (library, tool) => bail!(
            "wasm-bindgen ({library:?}) and wasm-bindgen-cli-support ({tool:?}) must have the same \
             version in Cargo.lock: run `cargo update wasm-bindgen wasm-bindgen-cli-support`"
        ),
    }
}

fn locked_version(lock: &str, name: &str) -> Option<String> {
    let entry = lock.split("[[package]]").find(|entry| {
        entry.lines().any(|line| line.strip_prefix("name = ") == Some(&format!("\"{name}\"")))
    })?;
    let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

/// `web/dist`: the page, its scripts and the engine, bundled.
fn page(ws: &Workspace) -> Result<()> {
    let inputs = Fingerprint::default()
        .path(&ws.web(), &["node_modules", "dist", "maps", "tests", ".stamp"])?;
    let dist = ws.web_dist();
    let stamp = Stamp::new(ws.state().join("page.stamp"), &inputs);
    if stamp.holds() && dist.is_dir() {
        step::up_to_date("page");
        return Ok(());
    }
    stamp.clear();
    step::run(ws, "page", node::npm(&ws.web()).args(["run", "build"]))?;
    stamp.set()
}

/// What the program is made of but the program itself, which has to wait for the page.
///
/// Named one by one, a package gets its default features; the few small ones that the relay takes
/// without them are compiled again with the program.
fn program_dependencies(ws: &Workspace) -> Result<()> {
    let mut tree = ws.cargo();
    tree.args(["tree", "--package", "millrace-relay", "--depth", "1", "--edges", "normal,build"])
        .args(["--prefix", "none"]);
    let tree = step::capture(&mut tree)?;
    let mut cargo = ws.cargo();
    cargo.args(["build", "--release"]);
    for spec in tree.lines().filter_map(package_spec) {
        cargo.args(["--package", &spec]);
    }
    let step = Step::begin(ws, "relay's dependencies");
    step.run(&mut cargo, None)?;
    step.done("");
    Ok(())
}

/// `axum v0.8.9` as `axum@0.8.9`; nothing for packages of the workspace.
fn package_spec(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let ours = words.any(|word| word.starts_with("(/"));
    (!ours).then(|| format!("{name}@{version}"))
}

/// `millrace`, with the page in it.
fn program(ws: &Workspace) -> Result<()> {
    let step = Step::begin(ws, "millrace");
    step.run(ws.cargo().args(["build", "--release", "--package", "millrace-relay"]), None)?;
    step.done(&size(&ws.millrace()));
    Ok(())
}

/// A file's size, to read.
pub fn size(file: &Path) -> String {
    match file.metadata() {
        Ok(meta) if meta.len() < 1 << 20 => format!("{} KiB", meta.len() >> 10),
        Ok(meta) => format!("{:.1} MiB", meta.len() as f64 / f64::from(1 << 20)),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{locked_version, package_spec};

    #[test]
    fn a_locked_version_is_that_of_the_exact_name() {
        let lock = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\
                    \n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn package_specs_leave_out_the_workspace() {
        assert_eq!(package_spec("axum v0.8.9").as_deref(), Some("axum@0.8.9"));
        assert_eq!(package_spec("clap v4.6.7 (*)").as_deref(), Some("clap@4.6.7"));
        assert_eq!(package_spec("millrace-relay v0.1.0 (/src/millrace/relay)"), None);
    }
}
