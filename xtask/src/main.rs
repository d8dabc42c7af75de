//! Every command of the workspace, run as `cargo xtask COMMAND`.
//!
//! `demo` and `test` do all the set-up that a fresh machine needs; the others are their steps, to
//! be run alone. One file in `commands/` for each command; what several of them need lies beside
//! this file: running programs and showing progress (`step`), knowing what is up to date
//! (`stamp`), and finding or installing the tools of others (`wasm_target`, `node`, `chromium`,
//! `python`, `debian`).
//!
//! Not here: anything that the product itself does. That is in `engine-wasm`, `relay` and `web`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use pico_args::Arguments;

mod chromium;
mod commands;
mod debian;
mod node;
mod python;
mod stamp;
mod step;
mod wasm_target;
mod workspace;

use workspace::Workspace;

const HELP: &str = "\
Every command of the Millrace workspace.

  cargo xtask COMMAND [OPTIONS]

Commands
  demo        Build what is not up to date, start the demo and print its address.
              Options that are not ours go to `millrace demo` (--rate N, --listen ADDRESS, …).
    --no-build        start what was built before
  test        Run everything: Rust, TypeScript, browser, Python, Kafka, lints.
    --long            add soaks and long fuzzing
    --only A,B        only these parts, by name or by group
    --list            print the parts and stop
  build       Build the engine for the browser, the web package and the `millrace` program.
    --engine-only     only the engine, into web/wasm
    --debug-wasm      keep names and debug information in the engine
  dist        Make what is handed out, in target/dist: the program, the npm package, the API
              reference, checksums.
  docs        Make the API reference of the npm package, in target/reference.
  kafka       A real Apache Kafka in target/, for tests and for trying things.
    start | stop | kill | status | run -- COMMAND
    --name NAME       one of several brokers (default: main)
    --port N          the port to listen on at the first start (default: a free one)
    --fresh           start with empty topics
  bench NAME  Run a benchmark and write its result into docs/benchmarks.md.
              Options that are not ours go to the benchmark.
    first             from Kafka to the painted row: age and rate
    engine            the engine beside Perspective, DuckDB-Wasm and Arquero in Chromium
      --rows N          rows of the table (default 1000000)
      --only A,B        only these questions; nothing is written into the document
      --peers A,B       only these engines; nothing is written into the document
      --json FILE       write all figures there
    viewer            the element beside Perspective's viewer and datagrid in Chromium
      --only A,B        only these of wire, cold, scroll, change, live, memory; nothing is written
                        into the document
      --peers A,B       only these elements; nothing is written into the document
      --changes N       config changes while memory is watched (default 200; the whole: 1000)
      --minutes N       of feed meanwhile (default 2; the whole: 10)
      --json FILE       write all figures there
  fuzz [TARGET …]
              Run libFuzzer on the engine's parsers: all targets, or these. What stands behind
              `--` goes to libFuzzer: a file to be run again, for example.
    --seconds N       how long each is run (default: 60)
    --runs N          how many inputs each is given, the same in every run
    --merge           take what was found into tests/fuzz/corpus, and what is needed of it
  lint        rustfmt, clippy, and the web package's linter and type checker.
    --fix             let rustfmt and the web linter rewrite what they can
  first-run   Do what a new user does: clone, `cargo xtask demo`, and time it.
    --no-cargo-cache  download the crates anew as well

Options of every command
  -v, --verbose       show what the programs print while they work
  -h, --help          print this

Environment
  MILLRACE_WASM_TOOLCHAIN   how to compile for wasm32-unknown-unknown: auto (default), rustup,
                            debian
  CHROME                    the Chromium or Chrome that browser tests use
";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that was asked for. `false` means that it said itself what went wrong.
fn run() -> Result<bool> {
    let mut raw: Vec<_> = std::env::args_os().skip(1).collect();
    // What stands behind `--` belongs to the program that the command runs.
    let trailing = match raw.iter().position(|arg| arg == "--") {
        Some(at) => raw.split_off(at).split_off(1),
        None => Vec::new(),
    };
    let mut args = Arguments::from_vec(raw);
    let verbose = args.contains(["-v", "--verbose"]);
    let help = args.contains(["-h", "--help"]);
    let command = args.subcommand()?;
    if help || command.is_none() {
        print!("{HELP}");
        return Ok(help);
    }
    let ws = Workspace::locate(verbose)?;
    match command.as_deref() {
        Some("build") => commands::build::run(&ws, args),
        Some("demo") => commands::demo::run(&ws, args, trailing),
        Some("test") => commands::test::run(&ws, args),
        Some("kafka") => commands::kafka::run(&ws, args, trailing),
        Some("bench") => commands::bench::run(&ws, args, trailing),
        Some("fuzz") => commands::fuzz::run(&ws, args, trailing),
        Some("dist") => commands::dist::run(&ws, args),
        Some("docs") => commands::docs::run(&ws, args),
        Some("lint") => commands::lint::run(&ws, args),
        Some("first-run") => commands::first_run::run(&ws, args),
        Some(other) => bail!("there is no command `{other}`; `cargo xtask --help` lists them"),
        None => unreachable!("handled above"),
    }
}

/// Refuses arguments that nobody took.
fn finish(args: Arguments) -> Result<()> {
    let rest = args.finish();
    if !rest.is_empty() {
        bail!("these arguments are not known here: {rest:?}; `cargo xtask --help` lists them");
    }
    Ok(())
}
