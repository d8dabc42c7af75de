//! `bench NAME`: runs a benchmark and writes what it found into `docs/benchmarks.md`.
//!
//! A benchmark is `tests/bench/NAME.mjs`, or `tests/bench/NAME/main.mjs` with npm packages of its
//! own, run by Node. It prints Markdown on stdout, which becomes a section of the document, and
//! its progress on stderr. The section is replaced by the next run; under its title stand the
//! command, the commit and the machine, so that it can be run again. A run that prints nothing on
//! stdout, of a part of the benchmark, leaves the document as it is.
//!
//! What a benchmark's `requirements.txt` lists is installed into `target/python`, and its interpreter
//! named by `PEER_PYTHON`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use super::build::{self, Options};
use crate::workspace::Workspace;
use crate::{chromium, node, python, step};

/// The one that needs no relay, but rows made before.
const ENGINE: &str = "engine";
/// The program that makes them.
const ENGINE_ROWS: &str = "group_by_table";
/// The one that needs the page alone, and can do without its peer.
const VIEWER: &str = "viewer";
/// The one that needs no page, and whose peer is in Python. It can do without.
const RELAY: &str = "relay";

/// A benchmark that there is.
struct Bench {
    name: String,
    script: PathBuf,
    /// The folder with its `package.json`, if it has packages of its own.
    package: Option<PathBuf>,
    /// Its `requirements.txt`, if it has a peer in Python.
    requirements: Option<PathBuf>,
}

/// The command. Options that are not known here are the benchmark's.
pub fn run(ws: &Workspace, mut args: Arguments, trailing: Vec<OsString>) -> Result<bool> {
    let name = args.subcommand()?;
    let mut options = args.finish();
    options.extend(trailing);
    let folder = ws.root.join("tests/bench");
    let known = known(&folder);
    let Some(bench) = known.iter().find(|bench| Some(&bench.name) == name.as_ref()) else {
        let names: Vec<&str> = known.iter().map(|bench| bench.name.as_str()).collect();
        bail!("say which benchmark: {} (in {})", names.join(", "), folder.display());
    };
    let python = prepare(ws, bench)?;
    let mut command = ws.command("node");
    command.arg(&bench.script).args(&options);
    command.env("CARGO_TARGET_DIR", &ws.target);
    command.env("MILLRACE", ws.millrace());
    if bench.name != RELAY {
        command.env("CHROME", chromium::find(ws)?);
    }
    if let Some(python) = python {
        command.env("PEER_PYTHON", python);
    }
    if let Ok(program) = std::env::current_exe() {
        command.env("MILLRACE_XTASK", program);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{}`", step::describe(&command)))?;
    let result = String::from_utf8_lossy(&output.stdout);
    print!("{result}");
    let name = &bench.name;
    if !output.status.success() {
        bail!("the benchmark {name} failed ({}); docs/benchmarks.md is as it was", output.status);
    }
    if result.trim().is_empty() {
        return Ok(true);
    }
    let mut shown = format!("cargo xtask bench {name}");
    for option in shown_options(&options) {
        shown.push_str(&format!(" {option}"));
    }
    let section = format!("`{shown}` at {}, on {}.\n\n{}\n", commit(ws), machine(), result.trim());
    let document = ws.root.join("docs/benchmarks.md");
    let old = std::fs::read_to_string(&document).unwrap_or_else(|_| "# Benchmarks\n".to_owned());
    std::fs::write(&document, with_section(&old, name, &section))
        .with_context(|| format!("writing {}", document.display()))?;
    println!("\nwritten to {}", document.display());
    Ok(true)
}

/// Builds what the benchmark measures, and installs what it is run with. Returns its Python.
fn prepare(ws: &Workspace, bench: &Bench) -> Result<Option<PathBuf>> {
    match bench.name.as_str() {
        ENGINE => {
            build::page_only(ws)?;
            build::engine_example(ws, ENGINE_ROWS)?;
        }
        VIEWER => build::page_only(ws)?,
        _ => {
            build::build(ws, Options::default())?;
            build::test_programs(ws)?;
        }
    }
    if bench.name != RELAY {
        // Benchmarks drive the page as the browser tests do, and with their tools.
        node::install(ws, "browser packages", &ws.root.join("tests/browser"))?;
    }
    if let Some(package) = &bench.package {
        match node::install(ws, "benchmark packages", package) {
            Err(error) if bench.name == VIEWER => {
                step::say(&format!("{error:#}\nOur own element is measured without its peer."));
            }
            installed => installed?,
        }
    }
    let Some(requirements) = &bench.requirements else { return Ok(None) };
    let environment = python::environment(ws, &format!("bench-{}", bench.name), requirements);
    if let Err(error) = &environment {
        step::say(&format!("{error:#}\nOurs is measured without its peer."));
    }
    Ok(environment.ok())
}

fn known(folder: &Path) -> Vec<Bench> {
    let mut benches: Vec<Bench> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            if let Some(name) = name.strip_suffix(".mjs") {
                let name = name.to_owned();
                return Some(Bench { name, script: path, package: None, requirements: None });
            }
            let script = path.join("main.mjs");
            let package = path.join("package.json").is_file().then(|| path.clone());
            let requirements = Some(path.join("requirements.txt")).filter(|file| file.is_file());
            script.is_file().then_some(Bench { name, script, package, requirements })
        })
        .collect();
    benches.sort_by(|a, b| a.name.cmp(&b.name));
    benches
}

/// The options that a reader needs: where figures were written to, `--json FILE`, is no part of
/// what they are.
fn shown_options(options: &[OsString]) -> Vec<String> {
    let mut shown = Vec::new();
    let mut options = options.iter().map(|option| option.to_string_lossy().into_owned());
    while let Some(option) = options.next() {
        if option == "--json" {
            options.next();
        } else {
            shown.push(option);
        }
    }
    shown
}

/// The document with this section in the place of the one of that name, or at the end.
fn with_section(document: &str, name: &str, section: &str) -> String {
    let (begin, end) = (format!("<!-- bench {name} -->\n"), format!("<!-- /bench {name} -->\n"));
    let marked = format!("{begin}{section}{end}");
    match (document.find(&begin), document.find(&end)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{marked}{}", &document[..from], &document[to + end.len()..])
        }
        _ => format!("{}\n\n## {name}\n\n{marked}", document.trim_end()),
    }
}

fn commit(ws: &Workspace) -> String {
    let git = |args: &[&str]| step::capture(ws.command("git").args(args));
    let Ok(head) = git(&["rev-parse", "--short", "HEAD"]) else {
        return "an unknown commit".to_owned();
    };
    let changed = git(&["status", "--porcelain", "--", ":!docs/benchmarks.md"])
        .is_ok_and(|text| !text.is_empty());
    format!("commit {}{}", head.trim(), if changed { " with changes" } else { "" })
}

/// Processor, cores and memory.
fn machine() -> String {
    let field = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok())
        .map_or_else(String::new, |kib| format!(", {} GiB of memory", kib >> 20));
    format!("{cores} cores of {model}{memory}")
}

#[cfg(test)]
mod tests {
    use super::{shown_options, with_section};

    #[test]
    fn a_file_of_figures_is_no_part_of_the_command() {
        let options = ["--rows", "10", "--json", "/home/me/x.json", "--runs", "3"].map(Into::into);
        assert_eq!(shown_options(&options), ["--rows", "10", "--runs", "3"]);
    }

    #[test]
    fn a_section_is_added_and_then_replaced() {
        let once = with_section("# Benchmarks\n\nIntro.\n", "first", "old\n");
        let once = with_section(&once, "second", "other\n");
        let twice = with_section(&once, "first", "new\n");
        assert_eq!(
            twice,
            "# Benchmarks\n\nIntro.\n\n## first\n\n<!-- bench first -->\nnew\n<!-- /bench first \
             -->\n\n## second\n\n<!-- bench second -->\nother\n<!-- /bench second -->\n"
        );
    }
}
