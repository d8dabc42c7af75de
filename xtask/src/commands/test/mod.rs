//! `test`: everything that must hold, part by part, on whatever machine this is.
//!
//! A part is a runner with a name: rustfmt, cargo test, vitest, a suite in `tests/`, and so on.
//! Its output is passed on as it comes. A part that fails does not keep the others from running;
//! one that cannot run here is named with the reason. At the end stand a table of the parts and,
//! on the very last line, how many tests passed, failed and were skipped.
//!
//! Suites are found, not listed: a folder of `tests/` with a `package.json` is run by `npm test`,
//! one with a `requirements.txt` by pytest. They are handed:
//!
//! | variable | what |
//! |---|---|
//! | `MILLRACE` | the program, `target/release/millrace` |
//! | `CARGO_TARGET_DIR` | the target folder; programs of the package `millrace-tests` are in `release/` |
//! | `MILLRACE_XTASK` | these commands, as a program: `$MILLRACE_XTASK kafka start --name NAME` |
//! | `MILLRACE_LONG` | `1` with `--long`: soaks and long fuzzing |
//! | `CHROME` | a Chromium, for suites whose `package.json` names playwright |
//! | `KAFKA_BOOTSTRAP` | a real broker, in the part `kafka` only |
//!
//! The part `kafka` runs the Rust tests that have `needs_kafka` in their path (a module's name,
//! say) and the script `test:kafka` of each suite that has one. No other part runs these. With
//! `--long`, Rust tests marked `#[ignore]` are run too.

mod count;
mod parts;

use std::io::{BufRead, BufReader, Read, Write, stdout};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::finish;
use crate::step::{describe, seconds, wait};
use crate::workspace::Workspace;
use count::Counts;
use parts::Part;

/// A part that hangs must not hang the rest.
const LIMIT: Duration = Duration::from_secs(40 * 60);
const LONG_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// What the parts need to know.
pub struct Setting<'a> {
    ws: &'a Workspace,
    long: bool,
    /// `CI=true`: what every CI machine can have must be there.
    ci: bool,
}

/// How a part ended.
enum Outcome {
    Ran(Counts),
    /// It cannot run here, for this reason.
    Skipped(String),
}

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments) -> Result<bool> {
    let long = args.contains("--long");
    let list = args.contains("--list");
    let only: Option<String> = args.opt_value_from_str("--only")?;
    finish(args)?;
    let ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let cx = Setting { ws, long, ci };
    let mut parts = parts::all(ws)?;
    if let Some(only) = &only {
        let wishes: Vec<&str> = only.split(',').map(str::trim).collect();
        for wish in &wishes {
            if !parts.iter().any(|part| part.answers_to(wish)) {
                let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
                bail!("no part is called `{wish}`; there are: {}", names.join(", "));
            }
        }
        parts.retain(|part| wishes.iter().any(|wish| part.answers_to(wish)));
    }
    if list {
        for part in &parts {
            println!("{:<20} {}", part.name, part.groups.join(", "));
        }
        return Ok(true);
    }
    Ok(report(&run_all(&cx, &parts)))
}

/// A part's name, end and duration.
struct Row {
    name: String,
    outcome: Outcome,
    time: String,
}

fn run_all(cx: &Setting, parts: &[Part]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut run_one = |name: &str, run: &dyn Fn() -> Result<Outcome>| {
        heading(name);
        let started = Instant::now();
        let outcome = run().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Outcome::Ran(Counts::one_failed())
        });
        let failed = matches!(&outcome, Outcome::Ran(counts) if counts.failed > 0);
        rows.push(Row { name: name.to_owned(), outcome, time: seconds(started) });
        !failed
    };
    // Not a part that anyone asks for, but one that can fail.
    let mut built = true;
    let needs = parts.iter().map(|part| part.needs).max().unwrap_or(parts::Needs::Nothing);
    let mut build_needed = needs != parts::Needs::Nothing;
    for part in parts {
        if part.needs != parts::Needs::Nothing && build_needed {
            build_needed = false;
            built = run_one("build", &|| parts::build(cx, needs));
        }
        if part.needs != parts::Needs::Nothing && !built {
            run_one(&part.name, &|| bail!("not run, because the build failed"));
        } else {
            run_one(&part.name, &|| (part.run)(cx));
        }
    }
    rows
}

fn heading(name: &str) {
    println!("\n──── {name} {}", "─".repeat(70usize.saturating_sub(name.len())));
}

/// Prints the table. Whether nothing failed.
fn report(rows: &[Row]) -> bool {
    let mut sum = Counts::default();
    heading("parts");
    println!(
        "{:<22} {:<8} {:>10}  {:>7} {:>7} {:>7}",
        "", "", "time", "passed", "failed", "skipped"
    );
    for Row { name, outcome, time } in rows {
        match outcome {
            Outcome::Ran(counts) => {
                let state = if counts.failed > 0 { "FAILED" } else { "ok" };
                println!(
                    "{name:<22} {state:<8} {time:>10}  {:>7} {:>7} {:>7}",
                    counts.passed, counts.failed, counts.skipped
                );
                sum += *counts;
            }
            Outcome::Skipped(reason) => {
                println!("{name:<22} SKIPPED  {time:>10}  {reason}");
                sum.skipped += 1;
            }
        }
    }
    println!("\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
    sum.failed == 0
}

/// Runs a part's program, passes on what it prints and counts the tests it says it ran. A program
/// that says nothing of tests counts as one.
fn drive(cx: &Setting, mut command: Command) -> Result<Counts> {
    let shown = describe(&command);
    println!("$ {shown}");
    command.env("CARGO_TARGET_DIR", &cx.ws.target).env("MILLRACE", cx.ws.millrace());
    command.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    if let Ok(program) = std::env::current_exe() {
        command.env("MILLRACE_XTASK", program);
    }
    if cx.long {
        command.env("MILLRACE_LONG", "1");
    } else {
        command.env_remove("MILLRACE_LONG");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{shown}`"))?;
    let counts = Arc::new(Mutex::new(Counts::default()));
    let readers = [
        child.stdout.take().map(|pipe| pass_on(pipe, Arc::clone(&counts))),
        child.stderr.take().map(|pipe| pass_on(pipe, Arc::clone(&counts))),
    ];
    let limit = if cx.long { LONG_LIMIT } else { LIMIT };
    let Some(status) = wait(&mut child, Some(limit), false)? else {
        println!("error: `{shown}` did not end within {} min", limit.as_secs() / 60);
        let counts = *counts.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(counts + Counts::one_failed());
    };
    for reader in readers.into_iter().flatten() {
        drop(reader.join());
    }
    let counts = *counts.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(counts.settled(status.success()))
}

fn pass_on(pipe: impl Read + Send + 'static, counts: Arc<Mutex<Counts>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            // Nobody to tell when stdout is closed.
            drop(stdout().lock().write_all(&bytes));
            let said = count::in_line(&String::from_utf8_lossy(&bytes));
            *counts.lock().unwrap_or_else(PoisonError::into_inner) += said;
            bytes.clear();
        }
    })
}
