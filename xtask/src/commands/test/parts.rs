//! The parts of `test`: their names, the groups they answer to, and how each is run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::count::Counts;
use super::{Outcome, Setting, drive};
use crate::commands::kafka::Broker;
use crate::commands::{build, fuzz, kafka, lint};
use crate::node::npm;
use crate::workspace::Workspace;
use crate::{chromium, node, python};

/// Rust tests with this in their path are run by the part `kafka`, and only by it.
const NEEDS_KAFKA: &str = "needs_kafka";

type Run = Box<dyn Fn(&Setting) -> Result<Outcome>>;

/// What must have been built before a part runs. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    Nothing,
    /// The engine for the browser, and the page's npm packages.
    Engine,
    /// The program, with the page in it, and those that tests run beside it.
    Program,
}

/// One runner.
pub struct Part {
    pub name: String,
    /// What `--only` may say beside the name.
    pub groups: Vec<String>,
    pub needs: Needs,
    pub run: Run,
}

impl Part {
    fn new(
        name: &str,
        groups: &[&str],
        needs: Needs,
        run: impl Fn(&Setting) -> Result<Outcome> + 'static,
    ) -> Self {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        Self { name: name.to_owned(), groups, needs, run: Box::new(run) }
    }

    /// Whether `--only` means this part.
    pub fn answers_to(&self, wish: &str) -> bool {
        self.name == wish || self.groups.iter().any(|group| group == wish)
    }
}

/// All parts, quick ones first.
pub fn all(ws: &Workspace) -> Result<Vec<Part>> {
    use Needs::{Engine, Nothing, Program};
    let mut parts = vec![
        Part::new("rustfmt", &["lint"], Nothing, |cx| ran(cx, lint::rustfmt(cx.ws))),
        Part::new("web lint", &["lint", "web"], Engine, |cx| ran(cx, lint::web_lint(cx.ws))),
        Part::new("web types", &["lint", "web"], Engine, |cx| ran(cx, lint::web_types(cx.ws))),
        Part::new("web tests", &["web"], Engine, |cx| {
            let mut command = npm(&cx.ws.web());
            command.args(["run", "--silent", "test"]);
            ran(cx, command)
        }),
        Part::new("clippy (wasm)", &["lint", "clippy"], Nothing, |cx| {
            ran(cx, lint::clippy_wasm(cx.ws)?)
        }),
        Part::new("clippy", &["lint"], Nothing, |cx| ran(cx, lint::clippy(cx.ws))),
        Part::new("rust tests", &["rust"], Nothing, rust_tests),
        Part::new("fuzz", &[], Nothing, fuzz_targets),
    ];
    for suite in suites(&ws.root.join("tests"))? {
        let name = suite.name.clone();
        parts.push(Part::new(&name, &[], Program, move |cx| suite.run(cx)));
    }
    parts.push(Part::new("kafka", &[], Program, kafka_tests));
    Ok(parts)
}

/// Builds what the parts need.
pub fn build(cx: &Setting, needs: Needs) -> Result<Outcome> {
    match needs {
        Needs::Nothing => {}
        Needs::Engine => build::web_ready(cx.ws)?,
        Needs::Program => {
            build::build(cx.ws, build::Options::default())?;
            build::test_programs(cx.ws)?;
        }
    }
    Ok(Outcome::Ran(Counts::default().settled(true)))
}

fn ran(cx: &Setting, command: Command) -> Result<Outcome> {
    Ok(Outcome::Ran(drive(cx, command)?))
}

/// Unit, integration and documentation tests of every Rust room.
fn rust_tests(cx: &Setting) -> Result<Outcome> {
    let mut command = cx.ws.cargo();
    command.args(["test", "--workspace", "--no-fail-fast", "--", "--skip", NEEDS_KAFKA]);
    if cx.long {
        command.arg("--include-ignored");
    }
    ran(cx, command)
}

/// libFuzzer on the engine's parsers: seconds on the kept inputs, or hours.
fn fuzz_targets(cx: &Setting) -> Result<Outcome> {
    match fuzz::obstacle() {
        Some(reason) if cx.ci => bail!("{reason}"),
        Some(reason) => Ok(Outcome::Skipped(reason)),
        None => {
            let summary = fuzz::run_all(cx.ws, fuzz::Extent::of_test(cx.long))?;
            let (passed, failed) = (summary.passed, summary.failed);
            Ok(Outcome::Ran(Counts { passed, failed, skipped: 0 }))
        }
    }
}

/// What only a real broker shows.
fn kafka_tests(cx: &Setting) -> Result<Outcome> {
    if let Some(reason) = kafka::obstacle(cx.ws) {
        return Ok(Outcome::Skipped(reason));
    }
    let broker = Broker::named(cx.ws, "test")?;
    let address = broker.start(None, true)?;
    let counts = with_broker(cx, &address);
    broker.kill()?;
    Ok(Outcome::Ran(counts?))
}

fn with_broker(cx: &Setting, address: &str) -> Result<Counts> {
    let mut rust = cx.ws.cargo();
    rust.args(["test", "--workspace", "--tests", "--no-fail-fast"]);
    rust.args(["--", "--include-ignored", NEEDS_KAFKA]).env("KAFKA_BOOTSTRAP", address);
    let mut counts = drive(cx, rust)?;
    for suite in suites(&cx.ws.root.join("tests"))? {
        if suite.has_kafka_script() {
            let mut command = match suite.node(cx)? {
                Ready::Command(command) => command,
                Ready::No(reason) => bail!("{}: {reason}", suite.name),
            };
            command.args(["run", "--silent", "test:kafka"]).env("KAFKA_BOOTSTRAP", address);
            counts += drive(cx, command)?;
        }
    }
    Ok(counts)
}

/// A folder of `tests/` with a runner of its own.
struct Suite {
    name: String,
    folder: PathBuf,
    /// The text of its `package.json`.
    package: Option<String>,
    /// Its `requirements.txt`.
    requirements: Option<PathBuf>,
}

/// A program that is set up to run a suite, or the reason why there is none.
enum Ready {
    Command(Command),
    No(String),
}

/// The suites of `tests/`, by name. Benchmarks are no tests.
fn suites(tests: &Path) -> Result<Vec<Suite>> {
    let entries = tests.read_dir().with_context(|| format!("listing {}", tests.display()))?;
    let mut suites = Vec::new();
    for entry in entries {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let package = std::fs::read_to_string(folder.join("package.json")).ok();
        let requirements = Some(folder.join("requirements.txt")).filter(|file| file.exists());
        if name != "bench" && (package.is_some() || requirements.is_some()) {
            suites.push(Suite { name, folder, package, requirements });
        }
    }
    suites.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(suites)
}

impl Suite {
    fn run(&self, cx: &Setting) -> Result<Outcome> {
        let mut counts = Counts::default();
        if self.package.is_some() {
            match self.node(cx)? {
                Ready::Command(mut command) => {
                    command.args(["run", "--silent", "test"]);
                    counts += drive(cx, command)?;
                }
                Ready::No(reason) => return Ok(Outcome::Skipped(reason)),
            }
        }
        if let Some(requirements) = &self.requirements {
            let python = match python::environment(cx.ws, &self.name, requirements) {
                Ok(python) => python,
                Err(error) => return Ok(Outcome::Skipped(format!("{error:#}"))),
            };
            let mut command = Command::new(python);
            command.current_dir(&self.folder).args(["-m", "pytest", "-p", "no:cacheprovider"]);
            counts += drive(cx, command)?;
        }
        Ok(Outcome::Ran(counts))
    }

    /// npm in the suite's folder, with what the suite needs installed and named.
    fn node(&self, cx: &Setting) -> Result<Ready> {
        let mut command = npm(&self.folder);
        if self.package.as_ref().is_some_and(|package| package.contains("playwright")) {
            match chromium::find(cx.ws) {
                Ok(path) => drop(command.env("CHROME", path)),
                Err(error) if cx.ci => return Err(error),
                Err(error) => return Ok(Ready::No(format!("{error:#}"))),
            }
        }
        node::install(cx.ws, &format!("{} packages", self.name), &self.folder)?;
        Ok(Ready::Command(command))
    }

    fn has_kafka_script(&self) -> bool {
        self.package.as_ref().is_some_and(|package| package.contains("\"test:kafka\""))
    }
}
