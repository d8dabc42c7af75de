//! How much anyone may use: places for connections, in all and by address, and the pace at
//! which new ones are taken.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Counts who is there.
#[derive(Debug, Default)]
pub struct Places {
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One place, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    address: Option<IpAddr>,
}

/// What is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// All places are taken.
    All,
    /// This address has as many as one may have.
    Address,
}

impl Places {
    /// Takes one of so many places, whoever it is for.
    ///
    /// # Errors
    /// When all are taken.
    pub fn take(self: &Arc<Self>, all: usize) -> Result<Place, Full> {
        self.take_one(None, all, None)
    }

    /// Takes one of so many places for an address.
    ///
    /// # Errors
    /// When there is none: of `all`, or of the `each` that one address may have.
    pub fn take_for(
        self: &Arc<Self>,
        address: IpAddr,
        all: usize,
        each: Option<usize>,
    ) -> Result<Place, Full> {
        self.take_one(Some(neighbourhood(address)), all, each)
    }

    fn take_one(
        self: &Arc<Self>,
        address: Option<IpAddr>,
        all: usize,
        each: Option<usize>,
    ) -> Result<Place, Full> {
        let mut taken = self.lock();
        if taken.all >= all {
            return Err(Full::All);
        }
        if let Some(address) = address {
            let count = taken.by_address.entry(address).or_default();
            if each.is_some_and(|each| *count >= each) {
                return Err(Full::Address);
            }
            *count += 1;
        }
        taken.all += 1;
        Ok(Place { places: self.clone(), address })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(count) = taken.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// What counts as one address: of IPv6 the network, because one machine has all of its 2^64.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// So many a second, and as many at once where there were none for a second (the generic cell
/// rate algorithm of ITU-T I.371, with a tolerance of one second).
#[derive(Debug)]
pub struct Pace {
    /// When the next one would come if all came evenly.
    due: Instant,
}

impl Pace {
    /// The tolerance.
    const BURST: Duration = Duration::from_secs(1);

    /// Begins.
    pub fn new(now: Instant) -> Self {
        Self { due: now }
    }

    /// When the next one may come; it counts as come.
    fn next(&mut self, now: Instant, per_second: u32) -> Instant {
        self.due = self.due.max(now) + Self::BURST / per_second;
        self.due.checked_sub(Self::BURST).unwrap_or(now).max(now)
    }

    /// Waits until the next one may come.
    pub async fn wait(&mut self, per_second: u32) {
        let now = Instant::now();
        let at = self.next(now, per_second);
        if at > now {
            sleep_until(at).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HERE: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

    #[test]
    fn places_are_counted_and_given_back() {
        let places = Arc::new(Places::default());
        let there: IpAddr = "10.0.0.1".parse().unwrap();
        let first = places.take_for(HERE, 3, Some(1)).unwrap();
        assert_eq!(places.take_for(HERE, 3, Some(1)).unwrap_err(), Full::Address);
        let _second = places.take_for(there, 3, Some(1)).unwrap();
        let third = places.take_for(there, 3, None).unwrap();
        assert_eq!(places.take_for(there, 3, None).unwrap_err(), Full::All);
        drop(third);
        drop(first);
        let again = places.take_for(HERE, 3, Some(1)).unwrap();
        assert_eq!(places.taken(), 2);
        drop(again);
        assert_eq!(places.lock().by_address.len(), 1);
    }

    #[test]
    fn a_machine_is_one_address() {
        let same = |a: &str, b: &str| {
            neighbourhood(a.parse().unwrap()) == neighbourhood(b.parse().unwrap())
        };
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
    }

    proptest! {
        /// Whenever they come, no second and a bit has more than a burst and what the rate adds.
        #[test]
        fn the_pace_is_held(
            rate in 1u32..2000,
            gaps in prop::collection::vec(0u64..50_000, 1..300),
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut pace = Pace::new(start);
            let mut let_in = Vec::new();
            for gap in gaps {
                now += Duration::from_micros(gap);
                // Who waits holds up those behind: the next comes after it.
                now = pace.next(now, rate);
                let_in.push(now);
            }
            for (i, first) in let_in.iter().enumerate() {
                for (j, last) in let_in.iter().enumerate().skip(i) {
                    let span = (*last - *first).as_secs_f64();
                    let bound = f64::from(rate) * (1.0 + span) + 1.0 + 1e-3;
                    prop_assert!(((j - i + 1) as f64) <= bound, "{} in {span} s at {rate}", j - i + 1);
                }
            }
        }
    }
}
