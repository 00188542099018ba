//! Whose process is at the other end of a connection on this machine, where the system tells.

use tokio::net::TcpStream;

/// Whether the other end is known to be another user's, root's aside. Where nothing is known, as with a socket that was
/// closed meanwhile or a browser outside of this Linux, the answer is no.
#[cfg(target_os = "linux")]
pub(super) fn is_another_users(stream: &TcpStream) -> bool {
    use std::net::SocketAddr::V4;

    let (Ok(V4(theirs)), Ok(V4(ours))) = (stream.peer_addr(), stream.local_addr()) else {
        return false;
    };
    let owner = linux::TABLES
        .into_iter()
        .filter_map(|(path, address)| Some((std::fs::read_to_string(path).ok()?, address)))
        .find_map(|(table, address)| linux::owner(&table, &address(theirs), &address(ours)));
    owner.is_some_and(|owner| owner != 0 && owner != rustix::process::geteuid().as_raw())
}

/// Whether the other end is known to be another user's: no other system tells without a privilege.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_another_users(_: &TcpStream) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use std::net::SocketAddrV4;

    /// How a table writes an IPv4 address.
    type Writes = fn(SocketAddrV4) -> String;

    /// The kernel's tables of sockets.
    pub(super) const TABLES: [(&str, Writes); 2] = [("/proc/net/tcp", ipv4), ("/proc/net/tcp6", ipv4_mapped)];

    fn ipv4(address: SocketAddrV4) -> String {
        format!("{}:{:04X}", words(&address.ip().octets()), address.port())
    }

    fn ipv4_mapped(address: SocketAddrV4) -> String {
        format!("{}:{:04X}", words(&address.ip().to_ipv6_mapped().octets()), address.port())
    }

    /// Octets as the kernel prints them: 32 bits at a time, each in the machine's own order.
    fn words(octets: &[u8]) -> String {
        let word = |word: &[u8; 4]| format!("{:08X}", u32::from_ne_bytes(*word));
        octets.as_chunks().0.iter().map(word).collect()
    }

    /// The owner of the socket from `local` to `remote`. One that its process has closed has none: the kernel shows it
    /// without an inode, as if it were root's.
    pub(super) fn owner(table: &str, local: &str, remote: &str) -> Option<u32> {
        table.lines().find_map(|line| {
            let mut columns = line.split_ascii_whitespace();
            let is_it = columns.nth(1) == Some(local) && columns.next() == Some(remote);
            let (uid, inode) = (columns.nth(4)?, columns.nth(1)?);
            (is_it && inode != "0").then_some(uid)?.parse().ok()
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const TABLE: &str =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 42 1 0 20 4 30 10 -1
   2: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 43 1 0 20 4 30 10 -1
   3: 0100007F:C002 0100007F:1F90 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1
";

        #[test]
        fn the_owner_is_the_other_ends() {
            let owner = |local| owner(TABLE, local, "0100007F:1F90");
            assert_eq!(owner("0100007F:C001"), Some(1001));
            assert_eq!(owner("0100007F:C002"), None, "closed by its process");
            assert_eq!(owner("0100007F:C003"), None);
        }

        #[cfg(target_endian = "little")]
        #[test]
        fn addresses_are_written_as_the_kernel_does() {
            let address = "127.0.0.1:8080".parse().unwrap();
            assert_eq!(ipv4(address), "0100007F:1F90");
            assert_eq!(ipv4_mapped(address), "0000000000000000FFFF00000100007F:1F90");
        }
    }
}
