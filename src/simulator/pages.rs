//! The HTML pages: self-contained, without scripts, every value escaped.

use std::fmt::Write as _;

use hyper::StatusCode;

use super::clock::Millis;
use super::request::HttpRequest;
use super::response::HttpResponse;
use super::shared::Shared;

/// No external resources, scripts or framing; forms post to this server, which may redirect to a loopback callback.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
     form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#16202c;--soft:#5b6b7c;--card:#fff;--ground:#eef1f5;--line:#d5dde6;\
--accent:#0b6e69;--on-accent:#fff;--code:#f4f7fa}\
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#93a1b0;--card:#161d26;--ground:#0d1218;\
--line:#2b3643;--accent:#3fbfb4;--on-accent:#06211f;--code:#0f151c}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);\
color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
main{width:100%;max-width:28rem;padding:2rem;background:var(--card);border:1px solid var(--line);\
border-radius:16px;box-shadow:0 12px 40px #0001}\
.mark{margin:0 0 1.25rem;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}\
h1{margin:0 0 .5rem;font-size:1.4rem;line-height:1.25}p{margin:.5rem 0}\
.code{display:block;margin:1.25rem 0;padding:1rem;background:var(--code);border:1px solid var(--line);\
border-radius:12px;font:600 2rem/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.12em;text-align:center}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1.25rem 0}\
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\
form{display:flex;gap:.75rem;margin:1.5rem 0 0}\
button,input{font:inherit;padding:.7rem 1rem;border-radius:10px;border:1px solid var(--line)}\
button{flex:1;background:transparent;color:var(--ink);font-weight:600;cursor:pointer}\
button[value=allow]{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}\
input{flex:2;min-width:0;background:var(--code);color:var(--ink);text-transform:uppercase;letter-spacing:.1em}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
a{color:var(--accent)}.soft{color:var(--soft);font-size:.9rem}\
pre{padding:1rem;background:var(--code);border-radius:10px;font-size:.75rem;white-space:pre-wrap;overflow-wrap:anywhere}";

/// Shows a device authorization and asks to allow it. `wait` is the time until it is approved automatically.
pub(super) fn confirm_code(
    code: &str,
    client: &str,
    user: &str,
    csrf_token: &str,
    wait: Option<Millis>,
) -> HttpResponse {
    let (code, csrf_token) = (escaped(code), escaped(csrf_token));
    let body = format!(
        "<h1>Is this the code you see?</h1><p>Allow only if your terminal shows exactly this code.</p>\
         <strong class=\"code\">{code}</strong>{facts}{note}\
         <form method=\"post\" action=\"/device\"><input type=\"hidden\" name=\"user_code\" value=\"{code}\">\
         <input type=\"hidden\" name=\"csrf_token\" value=\"{csrf_token}\">{buttons}</form>",
        facts = facts(client, user),
        note = wait_note(wait),
        buttons = BUTTONS,
    );
    let refresh = wait.map(|wait| (wait, format!("/device?user_code={code}")));
    page(StatusCode::OK, "Allow sign-in", refresh, &body)
}

/// Asks to allow a browser sign-in; `id` names it.
pub(super) fn consent(id: &str, client: &str, user: &str, wait: Option<Millis>) -> HttpResponse {
    let id = escaped(id);
    let body = format!(
        "<h1>Allow this sign-in?</h1><p>An application on this machine asks to sign in to your accounts.</p>\
         {facts}{note}<form method=\"post\" action=\"/authorize\">\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">{buttons}</form>",
        facts = facts(client, user),
        note = wait_note(wait),
        buttons = BUTTONS,
    );
    let refresh = wait.map(|wait| (wait, format!("/authorize/wait?request={id}")));
    page(StatusCode::OK, "Allow sign-in", refresh, &body)
}

const BUTTONS: &str = "<button name=\"decision\" value=\"deny\">Deny</button>\
                       <button name=\"decision\" value=\"allow\">Allow</button>";

fn facts(client: &str, user: &str) -> String {
    format!("<dl><dt>Signing in as</dt><dd>{}</dd><dt>Application</dt><dd>{}</dd></dl>", escaped(user), escaped(client))
}

fn wait_note(wait: Option<Millis>) -> String {
    match wait {
        Some(wait) => format!("<p class=\"soft\">This demo approves by itself in {} s.</p>", whole_seconds(wait)),
        None => String::new(),
    }
}

fn whole_seconds(wait: Millis) -> Millis {
    wait.max(0).saturating_add(999) / 1000
}

/// Asks for a user code; `note` says what was wrong with the last one.
pub(super) fn enter_code(status: StatusCode, note: &str) -> HttpResponse {
    let body = format!(
        "<h1>Enter your code</h1><p>{}</p><form method=\"get\" action=\"/device\">\
         <input name=\"user_code\" aria-label=\"Code\" placeholder=\"XXXX-XXXX\" maxlength=\"9\" autocomplete=\"off\" \
         autofocus required><button value=\"allow\">Next</button></form>",
        if note.is_empty() { "Your terminal shows it." } else { note }
    );
    page(status, "Enter your code", None, &body)
}

pub(super) fn approved() -> HttpResponse {
    let body = "<h1>Signed in</h1><p>You can close this page and go back to your terminal.</p>";
    page(StatusCode::OK, "Signed in", None, body)
}

pub(super) fn denied() -> HttpResponse {
    let body = "<h1>Declined</h1><p>Nothing was allowed. You can close this page.</p>";
    page(StatusCode::OK, "Declined", None, body)
}

pub(super) fn problem(status: StatusCode, message: &str) -> HttpResponse {
    page(status, "That did not work", None, &format!("<h1>That did not work</h1><p>{}</p>", escaped(message)))
}

/// The start page: what this is and how to point a tool at it.
pub(super) fn home(shared: &Shared) -> HttpResponse {
    let variables = shared.environment().into_iter().fold(String::new(), |mut text, (name, value)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}={}", escaped(&value));
        text
    });
    let body = format!(
        "<h1>A simulated Identity Center</h1><p>Nothing here is real: {} made-up accounts for tests and \
         demonstrations.</p><pre>{variables}</pre><p class=\"soft\"><a href=\"/device\">Enter a code</a></p>",
        shared.directory.accounts().len()
    );
    page(StatusCode::OK, "Simulated Identity Center", None, &body)
}

/// Whether a form was sent by one of these pages, as far as the browser's headers say.
pub(super) fn is_own_form(shared: &Shared, request: &HttpRequest) -> bool {
    let own_origin = match request.headers.get("origin") {
        None => true,
        Some(origin) => origin.as_bytes() == shared.url.as_bytes(),
    };
    let same_site = request.header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    own_origin && same_site
}

fn page(status: StatusCode, title: &str, refresh: Option<(Millis, String)>, body: &str) -> HttpResponse {
    let refresh = refresh.map_or(String::new(), |(wait, url)| {
        format!("<meta http-equiv=\"refresh\" content=\"{};url={url}\">", whole_seconds(wait).max(1))
    });
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{refresh}\
         <title>{title}</title><style>{STYLE}</style></head><body><main>\
         <p class=\"mark\">daypass simulator</p>{body}</main></body></html>"
    );
    HttpResponse::new(status, "text/html; charset=utf-8", html)
        .header("content-security-policy", CONTENT_SECURITY_POLICY)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "same-origin")
}

/// `text` for an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            control if control.is_control() => safe.push('\u{fffd}'),
            plain => safe.push(plain),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_value_stays_text() {
        assert_eq!(escaped("<b onclick='x'>&\"\u{1b}"), "&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;\u{fffd}");
    }
}
