//! Writes the table of the db-benchmark's group-by task, for the engine's benchmark.
//!
//! ```text
//! cargo run --release -p millrace-engine --example group_by_table -- ROWS FOLDER
//! ```
//!
//! Columns and distributions are those of H2O.ai's `groupby-datagen.R` with K = 100, nothing
//! null and nothing sorted: `id1`, `id2` of K texts, `id3` of ROWS / K; `id4`, `id5` of K
//! integers, `id6` of ROWS / K; `v1` in 1..=5, `v2` in 1..=15, `v3` in 0..100 with six
//! decimals. The same arguments give the same bytes. All files are Arrow IPC streams:
//!
//! | file | what |
//! |---|---|
//! | `dictionary.arrows` | the table, its texts as dictionaries |
//! | `plain.arrows` | the same rows, its texts as they are |
//! | `keyed.arrows` | the same rows and `key`, the number of the row, from 0 |
//! | `append-NNN.arrows` | 1,000 more rows |
//! | `upsert-NNN.arrows` | 1,000 rows whose `key`s are in the table, none twice |

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const GROUPS: u64 = 100;
const BATCHES: usize = 64;
const BATCH_ROWS: u64 = 1_000;
const SEED: u64 = 108;
/// The table comes in record batches of so many rows.
const CHUNK_ROWS: u64 = 1_000_000;

/// Numbers without a pattern, the same each time (Steele and Vigna's SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % bound
    }

    /// Integers from 1 to `bound`.
    fn column(&mut self, rows: u64, bound: u64) -> Vec<i32> {
        (0..rows).map(|_| 1 + self.below(bound) as i32).collect()
    }
}

/// How texts are stored.
#[derive(Clone, Copy)]
enum Texts {
    Dictionary,
    Plain,
}

/// Rows, as numbers.
struct Rows {
    ids: [Vec<i32>; 6],
    v1: Vec<i32>,
    v2: Vec<i32>,
    v3: Vec<f64>,
}

impl Rows {
    fn generate(random: &mut Random, rows: u64, table_rows: u64) -> Self {
        let small = (table_rows / GROUPS).max(1);
        let bounds = [GROUPS, GROUPS, small, GROUPS, GROUPS, small];
        Self {
            ids: bounds.map(|bound| random.column(rows, bound)),
            v1: random.column(rows, 5),
            v2: random.column(rows, 15),
            v3: (0..rows).map(|_| random.below(100_000_000) as f64 / 1e6).collect(),
        }
    }

    fn batch(&self, texts: Texts, keys: Option<&[i32]>) -> Result<RecordBatch, Box<dyn Error>> {
        let integers = |values: &[i32]| -> ArrayRef { Arc::new(Int32Array::from(values.to_vec())) };
        let mut columns = Vec::new();
        if let Some(keys) = keys {
            columns.push(("key", integers(keys)));
        }
        let names = ["id1", "id2", "id3", "id4", "id5", "id6"];
        for (place, (name, values)) in names.into_iter().zip(&self.ids).enumerate() {
            let width = if place == 2 { 10 } else { 3 };
            columns.push((
                name,
                if place < 3 { text(values, width, texts) } else { integers(values) },
            ));
        }
        columns.push(("v1", integers(&self.v1)));
        columns.push(("v2", integers(&self.v2)));
        columns.push(("v3", Arc::new(Float64Array::from(self.v3.clone()))));
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}

/// `id007` of 7, padded to `width` digits.
fn text(values: &[i32], width: usize, texts: Texts) -> ArrayRef {
    let name = |value: &i32| format!("id{value:0width$}");
    match texts {
        Texts::Plain => Arc::new(StringArray::from_iter_values(values.iter().map(name))),
        Texts::Dictionary => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for value in values {
                builder.append_value(name(value));
            }
            Arc::new(builder.finish())
        }
    }
}

fn write(file: &Path, batch: &RecordBatch, chunk: usize) -> Result<(), Box<dyn Error>> {
    let out = BufWriter::new(File::create(file)?);
    let mut writer = StreamWriter::try_new(out, &batch.schema())?;
    for from in (0..batch.num_rows()).step_by(chunk) {
        writer.write(&batch.slice(from, chunk.min(batch.num_rows() - from)))?;
    }
    writer.finish()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(rows), Some(folder)) = (args.next(), args.next()) else {
        return Err("two arguments are expected: ROWS FOLDER".into());
    };
    let rows: u64 = rows.parse().map_err(|e| format!("ROWS is `{rows}`: {e}"))?;
    if !(BATCH_ROWS..=100_000_000).contains(&rows) {
        return Err(format!("ROWS is {rows}; from {BATCH_ROWS} to 100,000,000 will do").into());
    }
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let mut random = Random(SEED);

    let table = Rows::generate(&mut random, rows, rows);
    let chunk = CHUNK_ROWS as usize;
    write(&folder.join("dictionary.arrows"), &table.batch(Texts::Dictionary, None)?, chunk)?;
    write(&folder.join("plain.arrows"), &table.batch(Texts::Plain, None)?, chunk)?;
    let keys: Vec<i32> = (0..rows as i32).collect();
    write(&folder.join("keyed.arrows"), &table.batch(Texts::Dictionary, Some(&keys))?, chunk)?;
    for number in 0..BATCHES {
        let more = Rows::generate(&mut random, BATCH_ROWS, rows);
        let mut keys = BTreeSet::new();
        while (keys.len() as u64) < BATCH_ROWS {
            keys.insert(random.below(rows) as i32);
        }
        let keys: Vec<i32> = keys.into_iter().collect();
        let file = |what: &str| folder.join(format!("{what}-{number:03}.arrows"));
        write(&file("append"), &more.batch(Texts::Dictionary, None)?, chunk)?;
        write(&file("upsert"), &more.batch(Texts::Dictionary, Some(&keys))?, chunk)?;
    }
    Ok(())
}
