//! `fuzz`: libFuzzer on the engine's parsers, with the stable compiler.
//!
//! The program is `tests/fuzz`, a workspace of its own, compiled with the coverage that
//! libFuzzer reads: an LLVM pass that every rustc has. (Sanitizers are what stable lacks; the
//! program counts memory and time by itself.) Inputs are kept in three places: what is
//! committed in `tests/fuzz/corpus/TARGET`, what runs found since then in
//! `target/fuzz/found/TARGET`, and what failed in `target/fuzz/failed/TARGET`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::step::{self, Step, say};
use crate::workspace::{Workspace, which};

/// What makes rustc count how often each edge of the code is taken, and tell what is compared
/// to what.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// The longest input, in bytes: none of the parsers needs more to show what it does.
const LONGEST_INPUT: u32 = 4096;

/// Inputs of each target in a short run, the same in each: seconds.
const SHORT_RUNS: u64 = 8_000;

/// The most bytes that are kept of what was found by a target.
const MOST_KEPT: u64 = 40_000;

/// How long each target is run in a long one.
const LONG: Duration = Duration::from_secs(5 * 60);

/// How much is tried of each target.
#[derive(Debug, Clone, Copy)]
pub enum Extent {
    /// So many inputs, the same in every run.
    Inputs(u64),
    /// For so long, from what earlier runs have found on.
    Time(Duration),
}

impl Extent {
    /// That of `cargo xtask test`.
    pub fn of_test(long: bool) -> Self {
        if long { Extent::Time(LONG) } else { Extent::Inputs(SHORT_RUNS) }
    }
}

/// How many targets were run without a find, and how many failed.
pub struct Summary {
    pub passed: u64,
    pub failed: u64,
}

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments, trailing: Vec<std::ffi::OsString>) -> Result<bool> {
    let seconds: Option<u64> = args.opt_value_from_str("--seconds")?;
    let runs: Option<u64> = args.opt_value_from_str("--runs")?;
    let merge = args.contains("--merge");
    let names = args.finish();
    let known = targets(ws)?;
    let mut wanted = Vec::new();
    for name in &names {
        let name = name.to_string_lossy().into_owned();
        if !known.contains(&name) {
            bail!("no target is called `{name}`; there are: {}", known.join(", "));
        }
        wanted.push(name);
    }
    if wanted.is_empty() {
        wanted = known;
    }
    if let Some(reason) = obstacle() {
        bail!("{reason}");
    }
    if !trailing.is_empty() {
        let [target] = &wanted[..] else { bail!("options of libFuzzer are for one target") };
        let status = program(ws, &build(ws)?, target)?.args(trailing).status()?;
        return Ok(status.success());
    }
    if merge {
        let program = build(ws)?;
        for target in &wanted {
            merge_found(ws, &program, target)?;
        }
        return Ok(true);
    }
    let extent = match (seconds, runs) {
        (_, Some(runs)) => Extent::Inputs(runs),
        (seconds, None) => Extent::Time(Duration::from_secs(seconds.unwrap_or(60))),
    };
    Ok(run_targets(ws, &wanted, extent)?.failed == 0)
}

/// Why there can be no fuzzing here, if so.
pub fn obstacle() -> Option<String> {
    let there = std::env::var_os("CXX").is_some() || which("c++").is_some();
    (!there).then(|| "libFuzzer is C++, and there is no `c++` (Debian: `g++`)".to_owned())
}

/// Runs all targets, side by side on the processors that there are, and says of each what came
/// of it.
///
/// # Errors
///
/// Where the program cannot be built. A target that fails is in the summary.
pub fn run_all(ws: &Workspace, extent: Extent) -> Result<Summary> {
    run_targets(ws, &targets(ws)?, extent)
}

fn run_targets(ws: &Workspace, targets: &[String], extent: Extent) -> Result<Summary> {
    let program = build(ws)?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run_target(ws, &program, target, extent);
                    if let Err(error) = &result {
                        say(&format!("error: {error:#}"));
                    }
                    let mut results = results.lock().unwrap_or_else(|held| held.into_inner());
                    results.push(result.ok());
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|held| held.into_inner());
    let passed = results.iter().flatten().count() as u64;
    let inputs: u64 = results.iter().flatten().sum();
    say(&format!("  {inputs} inputs in all"));
    Ok(Summary { passed, failed: results.len() as u64 - passed })
}

/// Runs one target; returns how many inputs it was given.
fn run_target(ws: &Workspace, program: &Path, target: &str, extent: Extent) -> Result<u64> {
    let step = Step::begin(ws, &format!("fuzz {target}"));
    let mut command = self::program(ws, program, target)?;
    let found = match extent {
        // From the kept inputs alone, so that every run is the same.
        Extent::Inputs(runs) => {
            command.args([format!("-runs={runs}"), "-seed=1".to_owned()]);
            let found = home(ws).join("short").join(target);
            if found.exists() {
                std::fs::remove_dir_all(&found)?;
            }
            found
        }
        Extent::Time(time) => {
            command.arg(format!("-max_total_time={}", time.as_secs()));
            home(ws).join("found").join(target)
        }
    };
    std::fs::create_dir_all(&found)?;
    command.args(["-print_final_stats=1", "-verbosity=0"]).arg(&found).arg(kept(ws, target));
    step.run(&mut command, None).with_context(|| {
        format!(
            "what failed is in {}: `cargo xtask fuzz {target} -- FILE` runs it again",
            failed(ws, target).display()
        )
    })?;
    let log = std::fs::read_to_string(step.log())?;
    let stat = |name: &str| -> u64 {
        let line = log.lines().find_map(|line| line.strip_prefix(&format!("stat::{name}:")));
        line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    let inputs = stat("number_of_executed_units");
    step.done(&format!("{inputs} inputs, {} a second", stat("average_exec_per_sec")));
    Ok(inputs)
}

/// The program, told its target and its limits.
fn program(ws: &Workspace, program: &Path, target: &str) -> Result<Command> {
    let failed = failed(ws, target);
    std::fs::create_dir_all(&failed)?;
    let mut command = ws.command(program);
    command.env("MILLRACE_FUZZ", target);
    // A time that even a loop would be found by; the program itself counts closer.
    command.args([format!("-max_len={LONGEST_INPUT}"), "-timeout=60".to_owned()]);
    command.args(["-rss_limit_mb=2048".to_owned()]);
    command.arg(format!("-artifact_prefix={}/", failed.display()));
    Ok(command)
}

/// Takes what was found into the kept inputs, and of all of them those that are needed, the
/// smallest first. Samples, which have names and not libFuzzer's numbers, stay as they are.
fn merge_found(ws: &Workspace, program: &Path, target: &str) -> Result<()> {
    let step = Step::begin(ws, &format!("merge {target}"));
    let merged = home(ws).join("merged").join(target);
    if merged.exists() {
        std::fs::remove_dir_all(&merged)?;
    }
    std::fs::create_dir_all(&merged)?;
    let mut command = self::program(ws, program, target)?;
    // Edges alone: how often each was taken would keep ten times as many inputs.
    command.args(["-set_cover_merge=1", "-use_counters=0"]).arg(&merged);
    command.arg(kept(ws, target)).arg(home(ws).join("found").join(target));
    step.run(&mut command, None)?;
    let (old, _) = inputs(&kept(ws, target))?;
    for (_, path) in old {
        std::fs::remove_file(path)?;
    }
    let (mut needed, _) = inputs(&merged)?;
    needed.sort();
    let mut bytes = 0;
    for (size, path) in &needed {
        bytes += size;
        if bytes > MOST_KEPT {
            break;
        }
        std::fs::copy(path, kept(ws, target).join(path.file_name().unwrap_or_default()))?;
    }
    step.done(&format!("{} inputs are needed", needed.len()));
    Ok(())
}

/// The inputs in a folder with their sizes: those that libFuzzer has named, and samples.
fn inputs(folder: &Path) -> Result<(Inputs, Inputs)> {
    let mut all = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("listing {}", folder.display()))? {
        let entry = entry?;
        all.push((entry.metadata()?.len(), entry.path()));
    }
    let is_named = |(_, path): &(u64, PathBuf)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    Ok(all.into_iter().partition(is_named))
}

type Inputs = Vec<(u64, PathBuf)>;

/// The targets: the folders of the kept inputs.
fn targets(ws: &Workspace) -> Result<Vec<String>> {
    let corpus = ws.root.join("tests/fuzz/corpus");
    let entries = corpus.read_dir().with_context(|| format!("listing {}", corpus.display()))?;
    let mut names = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn home(ws: &Workspace) -> PathBuf {
    ws.target.join("fuzz")
}

fn kept(ws: &Workspace, target: &str) -> PathBuf {
    ws.root.join("tests/fuzz/corpus").join(target)
}

fn failed(ws: &Workspace, target: &str) -> PathBuf {
    home(ws).join("failed").join(target)
}

/// Compiles the program, with all that it links, for coverage.
fn build(ws: &Workspace) -> Result<PathBuf> {
    let about = step::capture(ws.command("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say which machine this is")?.to_owned();
    let mut command = ws.cargo();
    command.args(["build", "--release", "--manifest-path"]);
    command.arg(ws.root.join("tests/fuzz/Cargo.toml"));
    // A target that is named keeps the flags from build scripts and macros.
    command.args(["--target", &host]);
    command.env("CARGO_TARGET_DIR", home(ws)).env("RUSTFLAGS", COVERAGE.join(" "));
    command.env_remove("CARGO_ENCODED_RUSTFLAGS");
    step::run(ws, "fuzz program", &mut command)?;
    Ok(home(ws).join(host).join("release/millrace-fuzz"))
}
