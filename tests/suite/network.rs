//! The way to AWS over a real network: TLS against the authorities that are trusted, through proxies, by names.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use daypass::simulator::Operation;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::environment::{DEVELOPER, Outcome, Running, TestEnv, through};
use crate::http;
use crate::left_out::left_out;

const OIDC: &str = "oidc.us-east-1.amazonaws.com";
const PORTAL: &str = "portal.sso.us-east-1.amazonaws.com";
/// A name that only a hosts file of our own knows.
const OWN_NAME: &str = "aws.daypass.test";

/// A certificate authority with a server certificate for some names, made by the `openssl` program.
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// For AWS's names and our own; `None` where there is no `openssl` program.
    fn new() -> Option<Self> {
        Authority::for_names(&[OIDC, PORTAL, OWN_NAME])
    }

    /// For these names; `None` where there is no `openssl` program.
    pub fn for_names(names: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
        fs::write(folder.path().join("names"), format!("subjectAltName={}\n", names.join(","))).unwrap();
        let script = "
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=authority' \
                -addext basicConstraints=critical,CA:TRUE -keyout authority.key -out authority.pem
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=server' -keyout key.pem -out request
            openssl x509 -req -in request -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
                -extfile names -out server.pem";
        let made = Command::new("sh").args(["-ec", script]).current_dir(folder.path()).output().unwrap();
        match made.status.code() {
            Some(0) => Some(Authority { folder }),
            Some(127) => None,
            _ => panic!("{}", String::from_utf8_lossy(&made.stderr)),
        }
    }

    pub fn bundle(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    pub fn server(&self) -> ServerConfig {
        let chain = CertificateDer::from_pem_file(self.folder.path().join("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.folder.path().join("key.pem")).unwrap();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap()
    }
}

/// AWS behind TLS, and a proxy whose every tunnel leads there.
struct Network {
    tls: SocketAddr,
    proxy: SocketAddr,
    /// The host and port of each tunnel that was asked for.
    tunnels: Arc<Mutex<Vec<String>>>,
}

impl Network {
    /// It serves until the test's process ends.
    fn start(world: &TestEnv, authority: &Authority) -> Self {
        let aws = http::split(world.aws.url()).0.to_owned();
        let acceptor = TlsAcceptor::from(Arc::new(authority.server()));
        let listen = || {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            listener
        };
        let (tls, proxy, tunnels) = (listen(), listen(), Arc::new(Mutex::new(Vec::new())));
        let network =
            Network { tls: tls.local_addr().unwrap(), proxy: proxy.local_addr().unwrap(), tunnels: tunnels.clone() };
        let leads_to = network.tls;
        let serve = async move {
            let (tls, proxy) = (TcpListener::from_std(tls).unwrap(), TcpListener::from_std(proxy).unwrap());
            loop {
                tokio::select! {
                    Ok((client, _)) = tls.accept() => tokio::spawn(terminate_tls(client, acceptor.clone(), aws.clone())),
                    Ok((client, _)) = proxy.accept() => tokio::spawn(tunnel(client, leads_to, Arc::clone(&tunnels))),
                };
            }
        };
        thread::spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(serve));
        network
    }

    fn tunnels(&self) -> Vec<String> {
        let mut tunnels = self.tunnels.lock().unwrap().clone();
        tunnels.sort();
        tunnels.dedup();
        tunnels
    }
}

/// A client that does not trust us hangs up; that is its right and no failure here.
async fn terminate_tls(client: TcpStream, acceptor: TlsAcceptor, aws: String) {
    let Ok(mut client) = acceptor.accept(client).await else { return };
    let mut aws = TcpStream::connect(aws).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut aws).await;
}

async fn tunnel(client: TcpStream, leads_to: SocketAddr, asked: Arc<Mutex<Vec<String>>>) {
    let mut client = BufReader::new(client);
    let mut request = String::new();
    while client.read_line(&mut request).await.is_ok_and(|read| read > 2) {}
    let target = request.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or(&request);
    asked.lock().unwrap().push(target.to_owned());
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let mut server = TcpStream::connect(leads_to).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

/// A world that approves each sign-in and, as an AWS that is not on this machine must, names https links.
fn approving_world() -> TestEnv {
    let world = TestEnv::new();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    for member in ["/verificationUri", "/verificationUriComplete"] {
        let link = Some("https://device.sso.us-east-1.amazonaws.com/".into());
        world.aws.override_answer(Operation::StartDeviceAuthorization, member, link);
    }
    world
}

/// The program with AWS at its real names.
fn command(world: &TestEnv, arguments: &[&str]) -> Command {
    let mut command = world.command(arguments);
    for (name, _) in world.aws.environment() {
        command.env_remove(name);
    }
    command
}

fn sign_in_and_fetch(mut command: impl FnMut(&[&str]) -> Command) -> [Outcome; 2] {
    [&["login", "--no-browser"][..], &["credentials", DEVELOPER]]
        .map(|arguments| Running::start(&mut command(arguments)).finish())
}

/// The command with our files in place of the system's, for this process and what it becomes. The folder has `hosts`,
/// `resolv.conf` and `authority.pem`.
fn with_own_system_files(command: &Command, folder: &Path) -> Command {
    let script = format!(
        "mount --bind '{folder}/hosts' /etc/hosts; mount --bind '{folder}/resolv.conf' /etc/resolv.conf; \
         mount -t tmpfs none /etc/ssl/certs; cp '{folder}/authority.pem' /etc/ssl/certs/ca-certificates.crt; \
         exec \"$@\"",
        folder = folder.display()
    );
    through(&["unshare", "-rm", "sh", "-ec", &script, "sh"], command)
}

/// Whether files can be put in place of the system's here.
fn system_files_can_be_ours() -> bool {
    let found = "test -d /etc/ssl/certs -a -e /etc/hosts -a -e /etc/resolv.conf; mount -t tmpfs none /etc/ssl/certs";
    let probe = Command::new("unshare").args(["-rm", "sh", "-ec", found]).output();
    probe.is_ok_and(|probe| probe.status.success())
}

/// Signs in and fetches at `OWN_NAME`, with only our own authority among the system's.
fn reach_aws_by_name(authority: &Authority, hosts: &str, resolv_conf: &str) {
    let world = approving_world();
    let network = Network::start(&world, authority);
    fs::write(authority.folder.path().join("hosts"), hosts).unwrap();
    fs::write(authority.folder.path().join("resolv.conf"), resolv_conf).unwrap();
    let url = format!("https://{OWN_NAME}:{}", network.tls.port());
    let [login, credentials] = sign_in_and_fetch(|arguments| {
        let mut plain = command(&world, arguments);
        plain.env("AWS_ENDPOINT_URL", &url);
        with_own_system_files(&plain, authority.folder.path())
    });
    login.succeeds();
    assert!(!credentials.succeeds().access_key_id().is_empty());
    assert_eq!(network.tunnels(), [""; 0]);
}

/// Says to each question for a name's IPv4 address that it is 127.0.0.1, and to all others that there is nothing.
fn answer_names(socket: &UdpSocket) {
    let mut packet = [0; 512];
    while let Ok((length, asker)) = socket.recv_from(&mut packet) {
        let question = &packet[12..length];
        // Labels up to the empty one, then type and class; an EDNS record may follow.
        let name = question.iter().position(|byte| *byte == 0).unwrap();
        let is_ipv4 = question[name + 1..name + 3] == [0, 1];
        let mut answer = packet[..2].to_vec();
        answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_ipv4), 0, 0, 0, 0]);
        answer.extend(&question[..name + 5]);
        if is_ipv4 {
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
        }
        socket.send_to(&answer, asker).unwrap();
    }
}

#[test]
fn a_proxy_and_an_authority_of_the_environment_lead_to_aws_at_its_real_names() {
    let Some(authority) = Authority::new() else { return left_out("there is no openssl to make certificates with") };
    let world = approving_world();
    let network = Network::start(&world, &authority);
    let proxy = format!("http://{}", network.proxy);
    let run = |arguments: &[&str]| {
        let mut command = command(&world, arguments);
        command.env("HTTPS_PROXY", &proxy).env("AWS_CA_BUNDLE", authority.bundle());
        command
    };
    let [login, credentials] = sign_in_and_fetch(run);
    login.succeeds();
    assert!(!credentials.succeeds().access_key_id().is_empty());
    assert_eq!(network.tunnels(), [format!("{OIDC}:443"), format!("{PORTAL}:443")]);
}

#[test]
fn an_aws_that_nobody_trusted_vouches_for_gets_nothing() {
    let Some(authority) = Authority::new() else { return left_out("there is no openssl to make certificates with") };
    let world = TestEnv::new();
    let network = Network::start(&world, &authority);
    let mut login = command(&world, &["login", "--no-browser"]);
    login.env("HTTPS_PROXY", format!("http://{}", network.proxy));
    let refused = Running::start(&mut login).finish().fails(6);
    assert_eq!(network.tunnels(), [format!("{OIDC}:443")], "it did get as far as the server: {refused:?}");
    assert_eq!(world.calls(Operation::RegisterClient), 0);
}

#[test]
fn names_of_the_hosts_file_and_the_systems_authorities_are_used() {
    let Some(authority) = Authority::new() else { return left_out("there is no openssl to make certificates with") };
    if !system_files_can_be_ours() {
        return left_out("this system lets nobody put files of his own in place of its own");
    }
    reach_aws_by_name(&authority, &format!("127.0.0.1 localhost {OWN_NAME}\n"), "nameserver 127.0.0.1\n");
}

#[test]
fn names_are_asked_of_the_systems_name_server() {
    let Some(authority) = Authority::new() else { return left_out("there is no openssl to make certificates with") };
    if !system_files_can_be_ours() {
        return left_out("this system lets nobody put files of his own in place of its own");
    }
    // An address of this machine that no other run of these tests listens at.
    let [.., high, low] = std::process::id().to_be_bytes();
    let address = Ipv4Addr::new(127, 53, high, low.max(1));
    let socket = match UdpSocket::bind((address, 53)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return left_out("only root can play a name server");
        }
        bound => bound.unwrap(),
    };
    thread::spawn(move || answer_names(&socket));
    reach_aws_by_name(&authority, "127.0.0.1 localhost\n", &format!("nameserver {address}\n"));
}
