//! Durations and sizes as people write them: `50ms`, `64MiB`.

use std::time::Duration;

/// Reads a duration: a number and `ms`, `s`, `m`, `h` or `d`.
///
/// # Errors
/// With what was expected.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis = match unit {
        "ms" => 1.0,
        "s" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3600e3,
        "d" => 86_400e3,
        _ => {
            return Err(format!(
                "\"{text}\" is no duration: expected a number and ms, s, m, h or d, as \"50ms\""
            ));
        }
    };
    let value: f64 = number
        .parse()
        .map_err(|_| format!("\"{text}\" is no duration: \"{number}\" is no number"))?;
    Duration::try_from_secs_f64(value * millis / 1e3)
        .map_err(|_| format!("\"{text}\" is out of the range of a duration"))
}

/// Reads a size in bytes: a number and `B`, `kB`, `KiB`, `MB`, `MiB`, `GB` or `GiB`.
///
/// # Errors
/// With what was expected.
pub fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text);
    let factor: u64 = match unit {
        "B" => 1,
        "kB" | "KB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => {
            return Err(format!(
                "\"{text}\" is no size: expected a number and B, KiB, MiB or GiB, as \"64MiB\""
            ));
        }
    };
    let value: f64 =
        number.parse().map_err(|_| format!("\"{text}\" is no size: \"{number}\" is no number"))?;
    let bytes = value * factor as f64;
    if !(0.0..=(1u64 << 53) as f64).contains(&bytes) {
        return Err(format!("\"{text}\" is out of the range of a size"));
    }
    Ok(bytes as usize)
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let at = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    (&text[..at], text[at..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("50ms").unwrap(), Duration::from_millis(50));
        assert_eq!(duration("1.5 s").unwrap(), Duration::from_millis(1500));
        assert_eq!(duration("2h").unwrap(), Duration::from_secs(7200));
        for bad in ["50", "ms", "1 week", "-5s", ""] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(size("64MiB").unwrap(), 64 << 20);
        assert_eq!(size("1 kB").unwrap(), 1000);
        assert_eq!(size("12B").unwrap(), 12);
        for bad in ["64", "MiB", "1 mib", "-1MiB", "99999999999GiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
