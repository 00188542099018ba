//! Who is on duty: the rotas of a policy, what was read of them, and the judgement about one person.
//!
//! [`Standing`] is the one answer to whether somebody is on duty on every rota that is asked about. What could not be read
//! never makes anybody be on duty.

mod admission;
mod calendar_host;
mod duty;
mod evidence;
mod ical;
mod names;
mod read;
mod reading;
mod rota;
mod secret_url;
mod shift;

pub use self::admission::{Admission, NotOnDuty, OnDutyProof};
pub use self::calendar_host::CalendarHost;
pub use self::duty::{Duty, HANDOUT_GRACE, OnDuty, RotaDuty, Standing, Unknown, handout_end};
pub use self::evidence::{Evidence, Freshness, LONGEST_CACHED, RotaSnapshot};
pub use self::names::{People, PersonNames};
pub use self::read::read;
pub use self::reading::{LARGEST_ROTA, Problems, Reading, Unreadable};
pub use self::rota::{Rota, RotaDigest, RotaSource, SourceKind, UnfitUrl, check_url, rota_name};
pub use self::secret_url::{AddressMark, SecretUrl};
pub use self::shift::{Shift, Shifts, Window};
