//! Scripts of keys in, screens out; colours and endurance apart.

mod colours;
mod endurance;
mod roles;
mod script;
mod sign_in;
mod speed;
mod stage;
