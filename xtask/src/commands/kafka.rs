//! `kafka`: a real Apache Kafka in `target/kafka`, for tests and for trying things.
//!
//! Kafka's jars come from Maven Central, by Maven, once. A broker is one Java process in KRaft
//! mode, broker and controller in one, listening on loopback only. Brokers have names, so that
//! several can run; each keeps its port and its data when it is stopped or killed, so that a
//! client can see it go away and come back.
//!
//! ```text
//! target/kafka/jars-VERSION/     what Maven copied
//! target/kafka/NAME/             server.properties, data/, broker.log, pid
//! ```

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::finish;
use crate::step::{self, Step};
use crate::workspace::{Workspace, which};

/// The Kafka that is fetched.
const VERSION: &str = "4.3.0";
/// Its log binding, of the log4j version it brings along.
const LOG4J: &str = "2.25.4";
/// The oldest Java that runs it.
const OLDEST_JAVA: u32 = 17;
/// What the broker writes when it takes clients.
const READY: &str = "Kafka Server started";
/// About 45 MB of jars.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(600);
const START_LIMIT: Duration = Duration::from_secs(90);
/// A broker that is told to stop hands over its partitions first.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments, trailing: Vec<std::ffi::OsString>) -> Result<bool> {
    let verb = args.subcommand()?;
    let name: String = args.opt_value_from_str("--name")?.unwrap_or_else(|| "main".to_owned());
    let port: Option<u16> = args.opt_value_from_str("--port")?;
    let fresh = args.contains("--fresh");
    finish(args)?;
    let broker = Broker::named(ws, &name)?;
    match verb.as_deref() {
        Some("start") => println!("KAFKA_BOOTSTRAP={}", broker.start(port, fresh)?),
        Some("stop") => println!("{}", if broker.stop()? { "stopped" } else { "was not running" }),
        Some("kill") => println!("{}", if broker.kill()? { "killed" } else { "was not running" }),
        Some("status") => {
            let running = broker.pid().is_some();
            match (running, broker.address()) {
                (true, Ok(address)) => println!("running KAFKA_BOOTSTRAP={address}"),
                _ => println!("not running"),
            }
            return Ok(running);
        }
        Some("run") => {
            let (program, rest) = trailing
                .split_first()
                .context("`kafka run` needs a command: cargo xtask kafka run -- COMMAND")?;
            let was_running = broker.pid().is_some();
            let address = broker.start(port, fresh)?;
            let status = Command::new(program)
                .args(rest)
                .env("KAFKA_BOOTSTRAP", &address)
                .status()
                .with_context(|| format!("starting `{}`", program.to_string_lossy()));
            if !was_running {
                broker.stop()?;
            }
            return Ok(status?.success());
        }
        _ => bail!("say what to do: cargo xtask kafka start|stop|kill|status|run -- COMMAND"),
    }
    Ok(true)
}

/// Why no broker can run here, if none can.
pub fn obstacle(ws: &Workspace) -> Option<String> {
    java(ws).err().or_else(|| jars(ws).err()).map(|error| format!("{error:#}"))
}

/// One broker and its folder.
pub struct Broker<'a> {
    ws: &'a Workspace,
    folder: PathBuf,
}

impl<'a> Broker<'a> {
    /// A broker by its name, whether it ever ran or not.
    pub fn named(ws: &'a Workspace, name: &str) -> Result<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) || name.starts_with("jars-") {
            bail!("a broker's name is made of letters, digits, - and _; this is `{name}`");
        }
        Ok(Self { ws, folder: home(ws).join(name) })
    }

    /// Starts the broker unless it runs, and waits until it takes clients. Returns its address.
    pub fn start(&self, port: Option<u16>, fresh: bool) -> Result<String> {
        if self.pid().is_some() {
            if !fresh {
                return self.address();
            }
            self.kill()?;
        }
        java(self.ws)?;
        jars(self.ws)?;
        if fresh && self.folder.exists() {
            fs::remove_dir_all(&self.folder)
                .with_context(|| format!("removing {}", self.folder.display()))?;
        }
        let step = Step::begin(self.ws, "Apache Kafka");
        if !self.properties().exists() {
            self.format(&step, port)?;
        }
        let log = self.folder.join("broker.log");
        let out = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
        let mut command = self.java("kafka.Kafka");
        let mut child = command
            .arg(self.properties())
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            // Of its own process group, so that Ctrl-C meant for us does not end it.
            .process_group(0)
            .spawn()
            .context("starting java")?;
        fs::write(self.folder.join("pid"), child.id().to_string())?;
        let started = Instant::now();
        loop {
            let said = fs::read_to_string(&log).unwrap_or_default();
            if said.contains(READY) {
                break;
            }
            let ended = child.try_wait()?;
            if ended.is_some() || started.elapsed() > START_LIMIT {
                drop(child.kill());
                let last: Vec<&str> = said.lines().rev().take(30).collect();
                last.iter().rev().for_each(|line| step::say(&format!("    {line}")));
                let why = ended.map_or_else(
                    || format!("was not ready after {} s", START_LIMIT.as_secs()),
                    |status| format!("ended ({status})"),
                );
                bail!("Apache Kafka {why}; all that it printed: {}", log.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let address = self.address()?;
        step.done(&address);
        Ok(address)
    }

    /// Asks the broker to stop, and waits. `false` when it was not running.
    pub fn stop(&self) -> Result<bool> {
        self.end("-TERM")
    }

    /// Ends the broker as a crash would. `false` when it was not running.
    pub fn kill(&self) -> Result<bool> {
        self.end("-KILL")
    }

    fn end(&self, signal: &str) -> Result<bool> {
        let Some(pid) = self.pid() else { return Ok(false) };
        step::capture(Command::new("kill").args([signal, &pid.to_string()]))?;
        let started = Instant::now();
        while self.pid().is_some() {
            if started.elapsed() > STOP_LIMIT {
                bail!(
                    "Apache Kafka (process {pid}) did not stop within {} s: `cargo xtask kafka kill`",
                    STOP_LIMIT.as_secs()
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(true)
    }

    /// The broker's process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        let pid: u32 = fs::read_to_string(self.folder.join("pid")).ok()?.trim().parse().ok()?;
        // Another process may have the number by now; one that ended and was not waited for has no
        // arguments.
        let args = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let args = String::from_utf8_lossy(&args).into_owned();
        args.contains(&*self.properties().to_string_lossy()).then_some(pid)
    }

    /// Where clients reach it.
    pub fn address(&self) -> Result<String> {
        let file = self.properties();
        let text = fs::read_to_string(&file)
            .with_context(|| format!("this broker was never started: no {}", file.display()))?;
        text.lines()
            .find_map(|line| line.strip_prefix("advertised.listeners=PLAINTEXT://"))
            .map(str::to_owned)
            .with_context(|| format!("{} has no advertised listener", file.display()))
    }

    fn properties(&self) -> PathBuf {
        self.folder.join("server.properties")
    }

    /// Writes the configuration and an empty data folder.
    fn format(&self, step: &Step, port: Option<u16>) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("making {}", self.folder.display()))?;
        // Both are held until both are known, so that they differ.
        let broker = TcpListener::bind(("127.0.0.1", port.unwrap_or(0)))
            .with_context(|| format!("port {} is taken", port.unwrap_or(0)))?;
        let controller = TcpListener::bind(("127.0.0.1", 0))?;
        let data = self.folder.join("data");
        let text = server_properties(
            broker.local_addr()?.port(),
            controller.local_addr()?.port(),
            &data.to_string_lossy(),
        );
        drop((broker, controller));
        fs::write(self.folder.join("log4j2.properties"), LOGGING)?;
        // Given its name only when formatted, so that a half-made broker is made anew.
        let unformatted = self.folder.join("server.properties.new");
        fs::write(&unformatted, text)?;
        let id = step::capture(self.java("kafka.tools.StorageTool").arg("random-uuid"))?;
        let id = id.lines().last().context("Kafka's StorageTool printed no id")?;
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        step.run(
            self.java("kafka.tools.StorageTool").args(["format", "-t", id, "-c"]).arg(&unformatted),
            Some(START_LIMIT),
        )?;
        fs::rename(&unformatted, self.properties())?;
        Ok(())
    }

    /// One of Kafka's programs.
    fn java(&self, class: &str) -> Command {
        let mut command = self.ws.command("java");
        command
            // One broker with little data: start quickly and stay small.
            .args(["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .arg(format!(
                "-Dlog4j2.configurationFile={}",
                self.folder.join("log4j2.properties").display()
            ))
            .arg("-cp")
            .arg(format!("{}/*", jar_folder(self.ws).display()))
            .arg(class);
        command
    }
}

fn home(ws: &Workspace) -> PathBuf {
    ws.target.join("kafka")
}

fn jar_folder(ws: &Workspace) -> PathBuf {
    home(ws).join(format!("jars-{VERSION}"))
}

/// Checks that Java is there and new enough.
fn java(ws: &Workspace) -> Result<()> {
    let how = format!(
        "Apache Kafka {VERSION} needs Java {OLDEST_JAVA} or newer (Debian: `apt-get install \
         openjdk-17-jre-headless`)"
    );
    if which("java").is_none() {
        bail!("java is not on PATH. {how}");
    }
    // Java prints its version on stderr.
    let output = ws.command("java").arg("-version").output().context("starting java")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match java_version(&said) {
        Some(found) if found >= OLDEST_JAVA => Ok(()),
        _ => bail!("{how}; `java -version` says: {}", said.lines().next().unwrap_or_default()),
    }
}

/// The number in `openjdk version "17.0.15" 2025-04-15`.
fn java_version(said: &str) -> Option<u32> {
    let (_, rest) = said.split_once("version \"")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..digits].parse().ok()
}

/// Has Maven copy Kafka's jars, and those they need, into [`jar_folder`].
fn jars(ws: &Workspace) -> Result<()> {
    let folder = jar_folder(ws);
    if folder.is_dir() {
        return Ok(());
    }
    if which("mvn").is_none() {
        bail!(
            "mvn is not on PATH: Apache Kafka {VERSION} comes from Maven Central, and Maven finds \
             what belongs to it (Debian: `apt-get install maven`)"
        );
    }
    let step = Step::begin(ws, "Apache Kafka's jars");
    let part = home(ws).join("jars.part");
    if part.exists() {
        fs::remove_dir_all(&part)?;
    }
    fs::create_dir_all(&part).with_context(|| format!("making {}", part.display()))?;
    let pom = part.join("pom.xml");
    fs::write(&pom, maven_project())?;
    let mut mvn = ws.command("mvn");
    mvn.args(["-B", "-ntp", "-f"]).arg(&pom).args([
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        "-DoutputDirectory=.",
    ]);
    step.run(&mut mvn, Some(DOWNLOAD_LIMIT)).context("Maven Central could not be read")?;
    // Under its name only when complete.
    fs::rename(&part, &folder).with_context(|| format!("making {}", folder.display()))?;
    step.done(VERSION);
    Ok(())
}

fn maven_project() -> String {
    let dependency = |group: &str, artifact: &str, version: &str| {
        format!(
            "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>\
             <version>{version}</version></dependency>\n"
        )
    };
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n\
         <modelVersion>4.0.0</modelVersion>\n\
         <groupId>millrace</groupId><artifactId>kafka</artifactId><version>1</version>\n\
         <dependencies>\n{}{}</dependencies>\n</project>\n",
        dependency("org.apache.kafka", "kafka_2.13", VERSION),
        dependency("org.apache.logging.log4j", "log4j-slf4j-impl", LOG4J),
    )
}

/// Broker and controller in one, for one node: every internal topic has one copy. The session is
/// short, because after a crash the controller waits for the old one to end.
fn server_properties(broker: u16, controller: u16, data: &str) -> String {
    format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@127.0.0.1:{controller}\n\
         listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{broker}\n\
         controller.listener.names=CONTROLLER\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
         inter.broker.listener.name=PLAINTEXT\n\
         log.dirs={data}\n\
         num.partitions=3\n\
         offsets.topic.num.partitions=1\n\
         offsets.topic.replication.factor=1\n\
         transaction.state.log.num.partitions=1\n\
         transaction.state.log.replication.factor=1\n\
         transaction.state.log.min.isr=1\n\
         share.coordinator.state.topic.num.partitions=1\n\
         share.coordinator.state.topic.replication.factor=1\n\
         share.coordinator.state.topic.min.isr=1\n\
         group.initial.rebalance.delay.ms=0\n\
         broker.heartbeat.interval.ms=500\n\
         broker.session.timeout.ms=2000\n"
    )
}

const LOGGING: &str = "\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{1}: %m%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
logger.config.name = org.apache.kafka.common.config
logger.config.level = warn
";

#[cfg(test)]
mod tests {
    use super::java_version;

    #[test]
    fn java_says_its_version_in_two_styles() {
        assert_eq!(java_version("openjdk version \"17.0.15\" 2025-04-15\n"), Some(17));
        assert_eq!(java_version("java version \"1.8.0_301\"\n"), Some(1));
        assert_eq!(java_version("no such thing"), None);
    }
}
