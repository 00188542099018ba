//! Pieces that several screens are made of. They know styles and areas, and nothing of the model.

pub mod big_code;
pub mod cells;
pub mod dialog;
pub mod gauge;
pub mod input;
pub mod qr;
