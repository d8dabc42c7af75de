//! Rows as a trading desk's stream has them: prices that walk, by ticker and client.
//!
//! The same seed gives the same rows but for their times, which are the clock's.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// The tickers and where their prices begin.
const TICKERS: &[(&str, f64)] = &[
    ("AAPL", 228.0),
    ("AMZN", 202.0),
    ("BABA", 87.0),
    ("COST", 931.0),
    ("GOOGL", 176.0),
    ("JPM", 245.0),
    ("META", 561.0),
    ("MSFT", 415.0),
    ("NFLX", 884.0),
    ("NVDA", 145.0),
    ("TSLA", 342.0),
    ("XOM", 121.0),
];

/// The clients.
const CLIENTS: &[&str] = &[
    "Adams & Sons",
    "Blue Harbor",
    "Homestead Fund",
    "Kestrel Capital",
    "Northwind",
    "Ostrava Re",
];

/// A walk of prices.
#[derive(Debug)]
pub struct Stocks {
    random: u64,
    prices: Vec<f64>,
}

impl Stocks {
    /// The walk of this seed.
    pub fn new(seed: u64) -> Self {
        Self { random: seed, prices: TICKERS.iter().map(|(_, price)| *price).collect() }
    }

    /// The next row as JSON, into `out`.
    pub fn next(&mut self, out: &mut String) {
        let ticker = self.below(TICKERS.len() as u64) as usize;
        let client = CLIENTS[self.below(CLIENTS.len() as u64) as usize];
        let open = self.prices[ticker];
        // A step of at most 0.2 %, drawn back to where the price began.
        let pull = (TICKERS[ticker].1 / open - 1.0) * 0.002;
        let close = open * (1.0 + 0.004 * (self.unit() - 0.5) + pull);
        let high = open.max(close) * (1.0 + 0.001 * self.unit());
        let low = open.min(close) * (1.0 - 0.001 * self.unit());
        let volume = 1 + self.below(1000);
        self.prices[ticker] = close;
        let (date, time) = now();
        // Writing into a string does not fail.
        let _ = write!(
            out,
            "{{\"timestamp\":\"{date}T{time}Z\",\"ticker\":\"{}\",\"client\":\"{client}\",\
             \"open\":{open:.2},\"high\":{high:.2},\"low\":{low:.2},\"close\":{close:.2},\
             \"volume\":{volume},\"date\":\"{date}\"}}",
            TICKERS[ticker].0,
        );
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }

    fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The date and the time of day of now, in UTC, to the millisecond.
fn now() -> (String, String) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, millis) = ((since.as_secs() / 86_400) as i64, since.subsec_millis());
    let second = since.as_secs() % 86_400;
    let (year, month, day) = civil(days);
    (
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{:02}:{:02}:{:02}.{millis:03}", second / 3600, second / 60 % 60, second % 60),
    )
}

/// The date of a day since 1970-01-01, after Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * of_year + 2) / 153;
    let day = of_year - (153 * m + 2) / 5 + 1;
    let month = if m < 10 { m + 3 } else { m - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Decoder;

    #[test]
    fn dates_are_right() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(19_783), (2024, 3, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
    }

    #[test]
    fn every_row_fits_the_columns_and_a_seed_repeats() {
        let mut decoder = Decoder::json(&super::super::columns());
        let (mut a, mut b) = (Stocks::new(7), Stocks::new(7));
        for _ in 0..5000 {
            let (mut row, mut same) = (String::new(), String::new());
            a.next(&mut row);
            b.next(&mut same);
            decoder.push_value(row.as_bytes()).unwrap();
            let rest = |row: &str| {
                row.split_once("\"ticker\"")
                    .unwrap()
                    .1
                    .split(",\"date\"")
                    .next()
                    .unwrap()
                    .to_string()
            };
            assert_eq!(rest(&row), rest(&same));
        }
        for (price, (_, start)) in a.prices.iter().zip(TICKERS) {
            assert!((0.3..3.0).contains(&(price / start)), "{price} of {start}");
        }
    }
}
