//! Uploads of what passed: in segments, journalled, resumable.
//!
//! [`Machine`] is the protocol, without input or output: it says which call goes out, what must be written down first, and what an
//! answer means. What was written down makes the [`State`] that another run goes on from.

mod layout;
mod machine;
mod moment;
mod plan;
mod record;
mod retry;
mod state;

pub use layout::{LARGEST_BASE64_CHUNK, LARGEST_CHUNK, Layout, MOST_SEGMENTS, Segment};
pub use machine::{Failure, Machine, Outcome, Progress, RequestId, Step};
pub use moment::{Jitter, Moment};
pub use plan::{FollowUp, Plan};
pub use record::{Record, Stored, Uploaded};
pub use retry::Policy;
pub use state::{Session, State};
