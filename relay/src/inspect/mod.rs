//! `millrace inspect`: what is in a topic, and a feed for it.
//!
//! The answer is a configuration: what is known of the topic, and some of its rows as the feed
//! reads them, are comments in it.

mod guess;
mod preview;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::config::KafkaConfig;
use crate::decode::infer::Sample;
use crate::feed::position::{Partition, Ranges, Topics};
use crate::source::kafka::probe::{self, Watermarks};
use crate::source::kafka::replay::{self, newest};
use crate::source::{Keep, Record, Records};
pub use guess::Guess;

/// How long a cluster may take to answer.
const ASK: Duration = Duration::from_secs(10);

/// What is to be looked at.
#[derive(Debug, Clone)]
pub struct Question {
    /// The topics.
    pub kafka: KafkaConfig,
    /// A schema registry, for records that are written by one.
    pub registry: Option<String>,
    /// How many of the newest records are looked at.
    pub records: u64,
    /// How many rows are shown.
    pub rows: usize,
}

/// Looks into topics, and answers a configuration. Blocks.
///
/// # Errors
/// With what could not be reached.
pub fn inspect(question: &Question) -> Result<String, String> {
    let Question { kafka, records, .. } = question;
    let topics = Arc::new(Topics::default());
    let marks = probe::watermarks(kafka, &topics, ASK)?;
    let ranges: Ranges = newest(*records, &marks);
    let mut chunks: Vec<Records> = Vec::new();
    let keep = Keep { keys: true, headers: false };
    replay::replay(kafka, &topics, &ranges, keep, |chunk| {
        let mut copy = Records::keeping(keep);
        chunk.iter().for_each(|record| copy.push(record));
        chunks.push(copy);
        true
    })?;
    let records: Vec<Record<'_>> = chunks.iter().flat_map(Records::iter).collect();
    let values: Vec<&[u8]> = records.iter().filter_map(|record| record.payload).collect();
    let keys: Vec<&[u8]> = records.iter().filter_map(|record| record.key).collect();
    let (value, key) = (Guess::of(&values), Guess::of(&keys));

    let mut answer = String::new();
    comment(&mut answer, &places(kafka, &topics, &marks));
    comment(&mut answer, &summary(&marks, &records, &value, &key));
    let feed = feed(question, &values, &value, &key);
    answer.push_str(&feed);
    comment(
        &mut answer,
        &format!("\n{}", preview::preview(&feed, &records, topics, question.rows)),
    );
    Ok(answer)
}

/// Adds lines as comments.
fn comment(to: &mut String, lines: &str) {
    for line in lines.lines() {
        // A name or a value may have anything in it.
        let line: String = line.chars().map(|c| if c.is_control() { '·' } else { c }).collect();
        let _ = writeln!(to, "{}", format!("# {line}").trim_end());
    }
}

/// The partitions, and which offsets they have.
fn places(kafka: &KafkaConfig, topics: &Topics, marks: &Watermarks) -> String {
    let mut text = format!("{} at {}\n\n", kafka.topics, kafka.brokers);
    let mut names: Vec<String> = marks.keys().map(|p| topics.describe(*p)).collect();
    names.insert(0, String::new());
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let _ = writeln!(text, "{:width$}  {:>14}  {:>14}  {:>14}", "", "first", "next", "records");
    for (name, (low, high)) in names[1..].iter().zip(marks.values()) {
        let _ = writeln!(text, "{name:width$}  {low:>14}  {high:>14}  {:>14}", high - low);
    }
    text + "\n"
}

fn summary(marks: &Watermarks, records: &[Record<'_>], value: &Guess, key: &Guess) -> String {
    let all: i64 = marks.values().map(|(low, high)| high - low).sum();
    let bytes: usize = records.iter().filter_map(|record| record.payload).map(<[u8]>::len).sum();
    let values = records.iter().filter(|record| record.payload.is_some()).count();
    let rate = match rate(records) {
        Some(rate) => format!(", about {} a second by their timestamps", rate.round()),
        None => String::new(),
    };
    let mut text = format!("{all} records{rate}; of the newest {}:\n", records.len());
    let _ =
        writeln!(text, "values: {}, {} bytes on average", value.describe(), bytes / values.max(1));
    let _ = writeln!(text, "keys: {}", key.describe());
    if values < records.len() {
        let _ = writeln!(text, "tombstones: {}", records.len() - values);
    }
    text + "\n"
}

/// Records a second, of all partitions together; none where their times do not tell.
fn rate(records: &[Record<'_>]) -> Option<f64> {
    let mut spans: std::collections::BTreeMap<Partition, (i64, i64, u32)> = Default::default();
    for record in records {
        let Some(time) = record.timestamp else { continue };
        let span = spans.entry(record.partition).or_insert((time, time, 0));
        *span = (span.0.min(time), span.1.max(time), span.2 + 1);
    }
    let of_one = |(first, last, count): &(i64, i64, u32)| {
        (last > first).then(|| f64::from(count - 1) * 1e3 / (last - first) as f64)
    };
    let rates: Vec<f64> = spans.values().filter_map(of_one).collect();
    (!rates.is_empty()).then(|| rates.iter().sum())
}

/// A feed of the topic, as a configuration has it.
fn feed(question: &Question, values: &[&[u8]], value: &Guess, key: &Guess) -> String {
    let kafka = &question.kafka;
    let names = kafka.topics.names();
    let topics = match names {
        Some([one]) => format!("topic = {}", quoted(one)),
        Some(several) => {
            let names: Vec<String> = several.iter().map(|name| quoted(name)).collect();
            format!("topics = [{}]", names.join(", "))
        }
        None => format!("topic_pattern = {}", quoted(&kafka.topics.pattern())),
    };
    let name = names.and_then(|names| names.first()).map_or("feed", String::as_str);
    let mut text = format!(
        "[[feed]]\nname = {}\nsource = {{ type = \"kafka\", brokers = {}, {topics} }}\n",
        quoted(name),
        quoted(&kafka.brokers)
    );
    match value {
        Guess::Json => {}
        Guess::Registered(_) => {
            let registry = question.registry.as_deref().unwrap_or("http://localhost:8081");
            let registry = quoted(registry);
            let _ =
                writeln!(text, "format = {{ type = \"avro\", registry = {{ url = {registry} }} }}");
        }
        Guess::Arrow => text.push_str("format = \"arrow\"\n"),
        Guess::Csv { delimiter, fields } => {
            let fields: Vec<String> = (1..=*fields).map(|n| quoted(&format!("field{n}"))).collect();
            let delimiter = quoted(&char::from(*delimiter).to_string());
            let fields = fields.join(", ");
            let _ = writeln!(
                text,
                "format = {{ type = \"csv\", delimiter = {delimiter}, fields = [{fields}] }}"
            );
        }
        Guess::Text => text.push_str("format = \"text\"\n"),
        Guess::Bytes | Guess::Nothing => text.push_str("format = \"bytes\"\n"),
    }
    if !kafka.properties.is_empty() {
        text.push_str("# Its source needs the properties that were given here, too.\n");
    }
    if *value == Guess::Json {
        text.push_str("\n[feed.schema]\n");
        let mut sample = Sample::default();
        values.iter().for_each(|value| sample.add(value));
        for column in sample.columns() {
            let name = bare(&column.name);
            let _ = writeln!(text, "{name} = {}", quoted(&column.kind.to_string()));
        }
    }
    if *key != Guess::Nothing {
        text.push_str(
            "\n# The records have keys. To see them as a column:\n# [feed.meta]\n# key = \"key\"\n",
        );
    }
    text
}

/// A key of TOML, in quotes where it needs them.
fn bare(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(is_bare) { name.into() } else { quoted(name) }
}

/// A string of TOML. JSON's escapes are TOML's, and DEL must be one as well.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
