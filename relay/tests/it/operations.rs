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
