//! `bench NAME`: runs a benchmark and writes what it found into `docs/benchmarks.md`.
//!
//! A benchmark is `tests/bench/NAME.mjs`, run by Node. It prints Markdown on stdout, which becomes
//! a section of the document, and its progress on stderr. The section is replaced by the next
//! run; under its title stand the command, the commit and the machine, so that it can be run again.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use super::build::{self, Options};
use crate::workspace::Workspace;
use crate::{chromium, finish, node, step};

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments, trailing: Vec<OsString>) -> Result<bool> {
    let name = args.subcommand()?;
    finish(args)?;
    let folder = ws.root.join("tests/bench");
    let known = known(&folder);
    let Some(name) = name.filter(|name| known.contains(name)) else {
        bail!("say which benchmark: {} (files NAME.mjs in {})", known.join(", "), folder.display());
    };
    build::build(ws, Options::default())?;
    build::test_programs(ws)?;
    // Benchmarks drive the page as the browser tests do, and with their tools.
    node::install(ws, "browser packages", &ws.root.join("tests/browser"))?;
    let mut command = ws.command("node");
    command.arg(folder.join(format!("{name}.mjs"))).args(&trailing);
    command.env("CARGO_TARGET_DIR", &ws.target);
    command.env("MILLRACE", ws.millrace()).env("CHROME", chromium::find(ws)?);
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
    if !output.status.success() {
        bail!("the benchmark {name} failed ({}); docs/benchmarks.md is as it was", output.status);
    }
    let mut shown = format!("cargo xtask bench {name}");
    if !trailing.is_empty() {
        let rest: Vec<_> = trailing.iter().map(|arg| arg.to_string_lossy()).collect();
        shown.push_str(&format!(" -- {}", rest.join(" ")));
    }
    let section = format!("`{shown}` at {}, on {}.\n\n{}\n", commit(ws), machine(), result.trim());
    let document = ws.root.join("docs/benchmarks.md");
    let old = std::fs::read_to_string(&document).unwrap_or_else(|_| "# Benchmarks\n".to_owned());
    std::fs::write(&document, with_section(&old, &name, &section))
        .with_context(|| format!("writing {}", document.display()))?;
    println!("\nwritten to {}", document.display());
    Ok(true)
}

fn known(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().to_string_lossy().into_owned();
            name.strip_suffix(".mjs").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
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
    use super::with_section;

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
