//! How much memory and time an input may take.
//!
//! Sanitizers, which libFuzzer would ask for the size of an allocation, are not to be had
//! with a stable compiler; so the allocator counts.

use rustix::time::{ClockId, clock_gettime};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// The most bytes that an input may hold at once. A text of few bytes may become four million
/// cells, of up to 16 bytes each, held twice for a moment.
const MOST_BYTES: usize = 256 << 20;

/// The longest that an input may keep a processor busy. Inputs are of a few kilobytes, and this
/// is compiled for checks, not for speed.
const MOST_TIME: Duration = Duration::from_secs(1);

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The system's allocator, counting.
pub struct Counted;

fn take(bytes: usize) {
    if HELD.fetch_add(bytes, Relaxed) + bytes > MOST.load(Relaxed) {
        // From here on the report itself may allocate.
        MOST.store(usize::MAX, Relaxed);
        let trace = std::backtrace::Backtrace::force_capture();
        let more = format!("more than {MOST_BYTES} bytes are held, with {bytes} more\n{trace}\n");
        // Where stderr is closed there is nobody to tell.
        drop(std::io::stderr().write_all(more.as_bytes()));
        std::process::abort();
    }
}

// SAFETY: every call goes to the system's allocator with the arguments that came; counting
// beside it touches nothing that is allocated.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promises are those of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: as in `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as in `alloc`; `ptr` came from there.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        take(new_size);
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as in `dealloc`.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

/// Runs what is done with an input, and fails where it takes too much.
pub fn within(run: impl FnOnce()) {
    let before = time();
    MOST.store(HELD.load(Relaxed).saturating_add(MOST_BYTES), Relaxed);
    run();
    MOST.store(usize::MAX, Relaxed);
    let taken = time().saturating_sub(before);
    assert!(taken <= MOST_TIME, "the input took {taken:?}, at most {MOST_TIME:?} are allowed");
}

/// The processor's time that this thread has had.
fn time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
