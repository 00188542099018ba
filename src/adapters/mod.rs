//! adapters
pub mod clipboard;
