//! The program: everything is in the library.

fn main() -> std::process::ExitCode {
    daypass::start(std::env::args_os())
}
