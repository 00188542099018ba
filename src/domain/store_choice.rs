//! The keyrings that people can choose among.

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreChoice {
    /// The platform's keyring; on Linux the kernel's where no Secret Service answers.
    Auto,
    /// The freedesktop Secret Service.
    SecretService,
    /// The Linux kernel's keyring, which forgets at reboot.
    Keyutils,
    /// The macOS keychain.
    Keychain,
    /// The Windows credential manager.
    CredentialManager,
    /// This process alone; gone when it ends.
    Memory,
}
