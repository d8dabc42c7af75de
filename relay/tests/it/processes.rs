//! The `millrace` program, as people and scripts start it.

use std::net::SocketAddr;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::client::{Client, Event};
use crate::http::ask;
use crate::kafka::{Kafka, PATIENCE};

/// A process that is killed when the test ends.
struct Millrace {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Millrace {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_millrace"))
            .args(arguments)
            .env("MILLRACE_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// What follows `prefix` on the first line that begins with it.
    async fn line(&mut self, prefix: &str) -> String {
        let reading = async {
            while let Some(line) = self.lines.next_line().await.expect("lines") {
                if let Some(rest) = line.strip_prefix(prefix) {
                    return rest.to_string();
                }
            }
            let mut errors = String::new();
            let stderr = self.child.stderr.as_mut().expect("piped");
            let _ = stderr.read_to_string(&mut errors).await;
            panic!("it ended without \"{prefix}\": {errors}");
        };
        timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("never said \"{prefix}\""))
    }

    async fn address(&mut self, prefix: &str) -> SocketAddr {
        self.line(prefix).await.trim_end_matches("/demo").parse().expect("an address")
    }

    /// Asks it to end, as a service manager does; gives whether it ended well.
    async fn terminate(mut self) -> bool {
        let id = self.child.id().expect("it runs").to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill");
        assert!(killed.success());
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("a status").success()
    }
}

/// Runs it to its end: whether it was content, what it said, and what it complained of.
async fn run(arguments: &[&str]) -> (bool, String, String) {
    let running = Command::new(env!("CARGO_BIN_EXE_millrace"))
        .args(arguments)
        .env("MILLRACE_LOG", "error")
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE * 2, running).await.expect("it ends").expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    file
}

fn path(file: &tempfile::NamedTempFile) -> &str {
    file.path().to_str().expect("text")
}

async fn demo(method: &str, control: SocketAddr, path: &str) -> Value {
    let (status, _, body) = ask(method, control, path, "").await;
    assert_eq!(status, 200);
    serde_json::from_slice(&body).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_all_that_is_wrong() {
    let wrong = file("[server]\nlisen = 1\n\n[[feed]]\nname = \"f\"\nsorce = {}\n");
    let (good, out, _) = run(&["check", "--config", path(&wrong)]).await;
    assert!(!good);
    assert!(
        out.contains(":2:1: server.lisen: is no known field: did you mean \"listen\"?"),
        "{out}"
    );
    assert!(out.contains("feed[0].sorce: is no known field: did you mean \"source\"?"), "{out}");
    assert!(out.contains("3 problems"), "{out}");

    let (good, out, _) = run(&["check", "--config", "/nowhere/millrace.toml"]).await;
    assert!(!good && out.contains("/nowhere/millrace.toml: cannot be read"), "{out}");

    let tls = "[server.tls]\ncert = \"/nowhere/c.pem\"\nkey = \"/nowhere/k.pem\"\n[[feed]]\nname = \"f\"\n\
               source = { type = \"kafka\", brokers = \"127.0.0.1:1\", topic = \"t\" }\n";
    let (good, out, _) = run(&["check", "--config", path(&file(tls))]).await;
    assert!(!good && out.contains("server.tls: /nowhere/c.pem cannot be read"), "{out}");

    let mut kafka = Kafka::start(3);
    kafka.rows(1, 5);
    let brokers = kafka.broker.bootstrap();
    let feed = |name: &str, brokers: &str, topic: &str| {
        format!(
            "[[feed]]\nname = \"{name}\"\nsource = {{ type = \"kafka\", brokers = \"{brokers}\", \
             topic = \"{topic}\", properties = {{ \"sasl.password\" = \"hunter2\" }} }}\n"
        )
    };
    let right = file(&feed("a", brokers, "numbers"));
    let (good, out, _) = run(&["check", "--config", path(&right)]).await;
    assert!(good, "{out}");
    assert!(out.contains("ok: feed \"a\""), "{out}");
    assert!(out.contains("3 partitions, 5 records"), "{out}");

    let text = format!(
        "{}{}{}",
        feed("a", brokers, "numbers"),
        feed("b", brokers, "nubmers"),
        feed("c", "127.0.0.1:1", "numbers")
    );
    let (good, out, errors) = run(&["check", "--config", path(&file(&text))]).await;
    assert!(!good);
    assert!(out.contains("ok: feed \"a\""), "{out}");
    assert!(
        out.contains("PROBLEM: feed \"b\"") && out.contains("\"nubmers\" does not exist"),
        "{out}"
    );
    assert!(out.contains("PROBLEM: feed \"c\"") && out.contains("127.0.0.1:1"), "{out}");
    assert!(!out.contains("hunter2") && !errors.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_up_with_rows_and_can_be_held_still() {
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--rate", "5000"];
    let mut program = Millrace::start(&arguments);
    let address = program.address("Millrace is up: http://").await;
    let mut client = Client::subscribe(address).await;
    client.caught_up().await;
    assert!(!client.table.ids.is_empty());
    let held = demo("POST", address, "/demo/pause").await;
    assert_eq!(held["paused"], true);
    let total = held["total"].as_u64().expect("a number") as usize;
    client.rows(total).await;
    assert_eq!(client.table.token["topics"]["stock_values"], held["produced"]);
    demo("POST", address, "/demo/resume").await;
    client.rows_beyond(total).await;
    let (status, _, _) =
        ask("POST", address, "/demo/pause", "Origin: http://evil.example\r\n").await;
    assert_eq!(status, 403);
    let (closed, well) = tokio::join!(client.closed(), program.terminate());
    assert_eq!(closed.expect("a close frame").0, 1001);
    assert!(well);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_told_before_anything_starts() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (good, _, errors) = run(&["demo", "--listen", &address]).await;
    assert!(!good);
    assert!(errors.contains(&format!("{address} is taken by another program")), "{errors}");
}

/// The relay is killed with -9 under load, again and again, while the broker lives.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_relay_costs_no_row() {
    let mut broker = Millrace::start(&["broker", "--rate", "3000", "--control", "127.0.0.1:0"]);
    let control = broker.address("Control is up: http://").await;
    let bootstrap = broker.line("A broker is up: ").await;
    let config = file(&format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[feed]]\nname = \"stock_values\"\n\
         source = {{ type = \"kafka\", brokers = \"{bootstrap}\", topic = \"stock_values\", start = \"latest\" }}\n\
         [feed.schema]\nticker = \"string\"\nvolume = \"int64\"\n"
    ));
    let serve = ["serve", "--config", path(&config)];
    let mut relay = Millrace::start(&serve);
    let address = relay.address("Millrace is up: http://").await;
    let mut client = Client::subscribe(address).await;
    client.caught_up().await;
    let begin = client.table.token.clone();
    let mut seen = 0;
    for _ in 0..3 {
        client.rows_beyond(seen + 2000).await;
        relay.child.kill().await.expect("it is killed");
        while !matches!(client.next().await, Event::Closed(_)) {}
        seen = client.table.ids.len();
        relay = Millrace::start(&serve);
        let address = relay.address("Millrace is up: http://").await;
        let (table, resume) = (client.table.clone(), client.table.resume());
        client = Client::come_back(address, table, resume).await;
        client.caught_up().await;
        assert_eq!(
            (client.table.starts.last().map(String::as_str), client.table.resets.len()),
            (Some("resumed"), 0)
        );
    }
    assert!(client.table.replayed > 0);
    let held = demo("POST", control, "/demo/pause").await;
    while client.table.token["topics"]["stock_values"] != held["produced"] {
        assert!(!matches!(client.next().await, Event::Closed(_)));
    }
    // Positions join (the client checks that of every frame), so rows and offsets must agree.
    let offset = |token: &Value| -> i64 {
        let partitions = token["topics"]["stock_values"].as_object().expect("partitions");
        partitions.values().map(|o| o.as_i64().expect("an offset")).sum()
    };
    assert_eq!(client.table.ids.len() as i64, offset(&client.table.token) - offset(&begin));
    assert!(relay.terminate().await);
    assert!(broker.terminate().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_has_the_configuration_read_anew() {
    let text = |name: &str| {
        format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[[feed]]\nname = \"{name}\"\n\
             source = {{ type = \"kafka\", brokers = \"127.0.0.1:1\", topic = \"t\" }}\n"
        )
    };
    let config = file(&text("first"));
    let mut program = Millrace::start(&["serve", "--config", path(&config)]);
    let address = program.address("Millrace is up: http://").await;
    let id = program.child.id().expect("it runs").to_string();
    let reload = async |text: &str| {
        std::fs::write(config.path(), text).expect("written");
        let hangup = Command::new("kill").args(["-HUP", &id]).status().await.expect("kill");
        assert!(hangup.success());
    };
    // Each is counted when it is done.
    let counted = async |line: &str| {
        let waiting = async {
            loop {
                let (_, _, text) = ask("GET", address, "/metrics", "").await;
                let text = String::from_utf8(text).expect("text");
                if text.lines().any(|l| l == line) {
                    return text;
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never {line}"))
    };
    reload(&text("second")).await;
    let metrics = counted("millrace_config_reloads_total{result=\"taken\"} 1").await;
    assert!(metrics.contains("millrace_config_last_reload_successful 1\n"), "{metrics}");
    let feeds = demo("GET", address, "/feeds").await;
    assert_eq!(feeds["feeds"][0]["name"], "second");
    // One that is wrong changes nothing.
    reload(&text("thi rd")).await;
    let metrics = counted("millrace_config_reloads_total{result=\"refused\"} 1").await;
    assert!(metrics.contains("millrace_config_last_reload_successful 0\n"), "{metrics}");
    let feeds = demo("GET", address, "/feeds").await;
    assert_eq!(feeds["feeds"][0]["name"], "second");
    assert!(program.terminate().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_for_people_or_for_machines() {
    let config = file(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[feed]]\nname = \"f\"\n\
         source = { type = \"kafka\", brokers = \"127.0.0.1:1\", topic = \"t\" }\n",
    );
    let start = |format: &str| {
        Command::new(env!("CARGO_BIN_EXE_millrace"))
            .args(["serve", "--config", path(&config)])
            .envs([("MILLRACE_LOG", "info"), ("MILLRACE_LOG_FORMAT", format)])
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts")
    };
    let mut program = start("json");
    let mut lines = BufReader::new(program.stderr.take().expect("piped")).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("a line").expect("text");
    let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
    assert_eq!(event["level"], "INFO");
    assert!(event["message"].as_str().expect("text").starts_with("listening on http://"));

    let output = timeout(PATIENCE, start("xml").wait_with_output()).await.expect("it ends");
    let output = output.expect("it runs");
    assert!(!output.status.success());
    let errors = String::from_utf8(output.stderr).expect("text");
    assert!(errors.contains("MILLRACE_LOG_FORMAT is \"xml\": expected"), "{errors}");
}

/// What `millrace inspect` prints of the topic, and whether it ended well.
async fn inspect(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_millrace"))
        .arg("inspect")
        .args(arguments)
        .env("MILLRACE_LOG", "error")
        .output();
    let output = timeout(PATIENCE, output).await.expect("it ends").expect("it starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_looked_into_and_the_answer_is_a_configuration() {
    let mut kafka = Kafka::start(2);
    kafka.rows(0, 40);
    kafka.send_with(
        1,
        Some(b"k1"),
        &[],
        b"{\"id\":1000,\"name\":\"x\",\"at\":\"2024-01-31T12:00:00Z\"}",
    );
    kafka.send(1, b"oops\x1b[31m");
    kafka.flush();
    let brokers = kafka.broker.bootstrap().to_string();
    let (good, answer) =
        inspect(&["--brokers", &brokers, "--topic", "numbers", "--rows", "2"]).await;
    assert!(good, "{answer}");
    for part in [
        "# partition 0               0              40              40\n",
        "# 42 records",
        "# values: JSON objects",
        "# keys: text",
        "# key = \"key\"",
        "# 1 of 42 records cannot be read. The last of them, partition 1, offset 1: not JSON",
    ] {
        assert!(answer.contains(part), "{part}\n{answer}");
    }
    assert!(!answer.contains('\u{1b}'), "{answer}");
    let mut feed =
        millrace_relay::config::parse("pasted", &answer).expect("a configuration").feeds.remove(0);
    let columns: Vec<_> = feed
        .schema
        .as_ref()
        .expect("columns")
        .iter()
        .map(|c| (c.name.as_str(), c.kind.to_string()))
        .collect();
    let expected = [("id", "int64"), ("name", "string"), ("at", "timestamp(ms)")];
    assert_eq!(columns, expected.map(|(name, kind)| (name, kind.to_string())));
    assert!(answer.contains("#   id  name  at"), "{answer}");
    assert!(answer.contains("# 1000  x     2024-01-31 12:00:00"), "{answer}");

    // The feed reads the topic as the answer says.
    feed.infer = Default::default();
    let relay = crate::kafka::relay(feed).await;
    crate::kafka::landed(&relay, 41).await;
    relay.shutdown().await;

    let (good, answer) = inspect(&["--brokers", &brokers, "--topic", "nowhere"]).await;
    assert!(!good && answer.contains("topic \"nowhere\" does not exist"), "{answer}");
    let (good, answer) = inspect(&[
        "--brokers",
        &brokers,
        "--topic",
        "numbers",
        "--property",
        "sasl.passwort=hunter2",
    ])
    .await;
    assert!(!good && answer.contains("sasl.password") && !answer.contains("hunter2"), "{answer}");
}
