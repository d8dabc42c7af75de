//! The files that operators are given: they name figures that there are, and are read as they
//! stand.

use std::collections::BTreeSet;
use std::path::PathBuf;

use millrace_relay::config::{Config, SlowPolicy};
use millrace_relay::metrics::{Began, Metrics};
use serde_json::Value;

use crate::client::Client;
use crate::http::ask;
use crate::kafka::{Kafka, relay};

fn docs(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "docs", path].iter().collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(docs(path)).expect("the file is there")
}

/// Every figure that a text names.
fn figures(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.split(|c| !is_part(c))
        .filter(|word| word.starts_with("millrace_") && *word != "millrace_relay")
        .map(String::from)
        .collect()
}

/// Every figure that a relay shows, with something counted of each kind.
async fn shown() -> BTreeSet<String> {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(10).await;
    let metrics: &Metrics = relay.metrics();
    metrics.lost("numbers");
    metrics.slow("numbers", SlowPolicy::Reset);
    metrics.subscription("numbers", Began::Replay);
    metrics.refused("max_clients");
    metrics.reload(true);
    let (_, _, text) = ask("GET", relay.local_addr(), "/metrics", "").await;
    relay.shutdown().await;
    let text = String::from_utf8(text).unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.split(['{', ' ']).next().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_alarms_and_guide_name_figures_that_there_are() {
    let shown = shown().await;
    for file in ["operations.md", "operations/grafana.json", "operations/alerts.yaml"] {
        let named = figures(&read(file));
        assert!(named.len() > 5, "{file}: {named:?}");
        let missing: Vec<_> = named.difference(&shown).collect();
        assert!(missing.is_empty(), "{file} names {missing:?}, and there are {shown:?}");
    }
    let untold: Vec<_> = shown.difference(&figures(&read("operations.md"))).cloned().collect();
    assert!(untold.is_empty(), "operations.md does not say what {untold:?} are");
}

#[test]
fn every_alarm_is_explained() {
    let guide = read("operations.md");
    let alarms = read("operations/alerts.yaml");
    let names: Vec<_> = alarms.lines().filter_map(|l| l.trim().strip_prefix("- alert: ")).collect();
    assert!(!names.is_empty());
    for name in names {
        assert!(guide.contains(&format!("| `{name}` |")), "{name} is not explained");
    }
}

#[test]
fn the_configuration_and_the_dashboard_are_read() {
    let config = Config::from_file(&docs("operations/millrace.toml")).expect("it is right");
    assert_eq!(config.server.metrics.expect("a listener").port(), 9090);
    let dashboard: Value = serde_json::from_str(&read("operations/grafana.json")).expect("JSON");
    assert!(dashboard["panels"].as_array().expect("panels").len() > 10);
}

/// Each promise names a test, of the relay by its module or of the page by its title.
#[test]
fn promises_name_tests_that_there_are() {
    let mut sources = String::new();
    for folder in ["src", "tests/it", "../tests/browser"] {
        gather(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder), &mut sources);
    }
    let guide = read("reliability.md");
    let rows = guide.lines().filter(|line| line.starts_with("| ") && !line.contains("shown by"));
    let mut promises = 0;
    for row in rows {
        let tests = row.rsplit('|').nth(1).expect("a column of tests");
        let of_relay = tests
            .split('`')
            .skip(1)
            .step_by(2)
            .map(|name| format!("fn {}(", name.rsplit("::").next().unwrap_or(name)));
        let of_page = tests.split('"').skip(1).step_by(2).map(|title| format!("test(\"{title}\""));
        let named: Vec<String> = of_relay.chain(of_page).collect();
        assert!(!named.is_empty(), "nothing shows this: {row}");
        for test in named {
            assert!(sources.contains(&test), "there is no {test}");
        }
        promises += 1;
    }
    assert!(promises >= 30, "{promises} promises");
}

/// The texts of all sources below a folder.
fn gather(folder: &std::path::Path, into: &mut String) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "node_modules" {
            gather(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "mjs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}
