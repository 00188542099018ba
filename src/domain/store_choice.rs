//! The keyrings that people can choose among.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where secrets are to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreChoice {
    /// The platform's keyring; on Linux the kernel's where no Secret Service answers.
    Auto,
    /// This one alone.
    Only(StoreName),
}

impl StoreChoice {
    /// Whether it may be that store.
    pub fn allows(self, store: StoreName) -> bool {
        match self {
            StoreChoice::Auto => store != StoreName::Memory,
            StoreChoice::Only(chosen) => store == chosen,
        }
    }
}

/// Where secrets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreName {
    /// The freedesktop Secret Service.
    SecretService,
    /// The Linux kernel's keyring, which forgets at reboot.
    Keyutils,
    /// The macOS keychain.
    Keychain,
    /// The Windows credential manager.
    CredentialManager,
    /// A process, which takes them with it.
    Memory,
}

impl StoreName {
    /// Every store there is on some system.
    pub const ALL: [StoreName; 5] = [
        StoreName::SecretService,
        StoreName::Keyutils,
        StoreName::Keychain,
        StoreName::CredentialManager,
        StoreName::Memory,
    ];

    /// Whether what it holds is gone after a restart of the machine.
    pub const fn forgets_at_reboot(self) -> bool {
        matches!(self, StoreName::Keyutils | StoreName::Memory)
    }

    /// The name as `DAYPASS_STORE` and `--store` spell it.
    pub const fn word(self) -> &'static str {
        match self {
            StoreName::SecretService => "secret-service",
            StoreName::Keyutils => "keyutils",
            StoreName::Keychain => "keychain",
            StoreName::CredentialManager => "credential-manager",
            StoreName::Memory => "memory",
        }
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StoreName::SecretService => "the Secret Service",
            StoreName::Keyutils => "the kernel's keyring",
            StoreName::Keychain => "the keychain",
            StoreName::CredentialManager => "the credential manager",
            StoreName::Memory => "memory",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_was_chosen_is_the_only_one_and_auto_is_any_that_lasts() {
        let all = StoreName::ALL;
        for meant in all {
            let allowed: Vec<_> = all.into_iter().filter(|store| StoreChoice::Only(meant).allows(*store)).collect();
            assert_eq!(allowed, [meant]);
        }
        assert_eq!(all.map(|store| StoreChoice::Auto.allows(store)), [true, true, true, true, false]);
        let words = ["secret-service", "keyutils", "keychain", "credential-manager", "memory"];
        assert_eq!(all.map(StoreName::word), words);
        assert!(all.iter().all(|store| !store.to_string().is_empty()));
    }
}
