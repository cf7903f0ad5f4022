//! The only place of the project that reads the system time.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives the present instant, cut to microseconds (PostgreSQL keeps no more).
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

fn cut(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else is given"
    )]
    fn now(&self) -> DateTime<Utc> {
        cut(Utc::now())
    }
}

/// A clock that runs with the machine's but can be moved: sandbox and tests.
#[derive(Debug, Clone)]
pub struct TestClock {
    shift: Arc<Mutex<Shift>>,
}

#[derive(Debug, Clone, Copy)]
enum Shift {
    /// Stands still at this instant.
    Still(DateTime<Utc>),
}

impl TestClock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn standing_at(at: DateTime<Utc>) -> Self {
        TestClock {
            shift: Arc::new(Mutex::new(Shift::Still(cut(at)))),
        }
    }

    /// Moves it to `at`, forwards or back.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.shift.lock().unwrap_or_else(PoisonError::into_inner) = Shift::Still(cut(at));
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        let Shift::Still(at) = *shift;
        // one microsecond passes with every look, so that no two records share an instant
        *shift = Shift::Still(at + TimeDelta::microseconds(1));
        at
    }
}

/// A clock that never runs behind what was recorded: a wall clock set back re-opens nothing.
pub struct LatchedClock {
    inner: Arc<dyn Clock>,
    floor: Mutex<Option<DateTime<Utc>>>,
}

impl LatchedClock {
    /// Wraps a clock.
    #[must_use]
    pub fn new(inner: Arc<dyn Clock>) -> Self {
        LatchedClock {
            inner,
            floor: Mutex::new(None),
        }
    }

    /// Tells it of a recorded instant.
    pub fn raise(&self, recorded: DateTime<Utc>) {
        let mut floor = self.floor.lock().unwrap_or_else(PoisonError::into_inner);
        *floor = Some(floor.map_or(recorded, |known| known.max(recorded)));
    }
}

impl Clock for LatchedClock {
    fn now(&self) -> DateTime<Utc> {
        let now = self.inner.now();
        let mut floor = self.floor.lock().unwrap_or_else(PoisonError::into_inner);
        let latched = floor.map_or(now, |known| known.max(now));
        *floor = Some(latched);
        latched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_does_not_go_back() {
        let noon = DateTime::parse_from_rfc3339("2026-06-01T12:00:00Z")
            .unwrap()
            .to_utc();
        let wall = TestClock::standing_at(noon);
        let clock = LatchedClock::new(Arc::new(wall.clone()));
        let before = clock.now();
        wall.set(noon - TimeDelta::days(1));
        assert!(clock.now() >= before);
        clock.raise(noon + TimeDelta::days(3));
        assert!(clock.now() >= noon + TimeDelta::days(3));
    }
}
