//! Splits command lines into words.

/// The words of `command`, as a POSIX shell would split and unquote them; `None` where a quote is never closed. On
/// Windows a backslash is part of a path and escapes nothing.
pub(crate) fn words(command: &str) -> Option<Vec<String>> {
    if cfg!(windows) { shlex::split(&command.replace('\\', r"\\")) } else { shlex::split(command) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together_and_must_be_closed() {
        let table: [(&str, Option<&[&str]>); 5] = [
            ("firefox -P work", Some(&["firefox", "-P", "work"])),
            ("'/opt/my browser/b' --profile=\"a b\"  %s", Some(&["/opt/my browser/b", "--profile=a b", "%s"])),
            ("\"C:\\my tools\\daypass.exe\" credentials", Some(&["C:\\my tools\\daypass.exe", "credentials"])),
            (" \t", Some(&[])),
            ("daypass 'credentials", None),
        ];
        for (command, expected) in table {
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(words(command), expected, "{command}");
        }
    }
}
