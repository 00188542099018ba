//! The wait that an answer asks for, in either of the headers and all of the forms in which it may be said.

use std::time::Duration;

use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::date_time::{DateTime, Format};

/// The wait that `headers` ask for: milliseconds in AWS's own header, else seconds or a date (RFC 9110, section
/// 10.2.3). Anything else asks for nothing.
pub(super) fn retry_after(headers: &Headers) -> Option<Duration> {
    let header = |name| headers.get(name).map(str::trim);
    if let Some(millis) = header("x-amz-retry-after").and_then(whole_number) {
        return Some(Duration::from_millis(millis));
    }
    let asked = header("retry-after")?;
    whole_number(asked).map(Duration::from_secs).or_else(|| until(asked, header("date")?))
}

/// Digits and nothing else; more of them than fit stand for the largest number.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// From the answer's own date to the date it names, so that no clock of ours matters.
fn until(then: &str, date: &str) -> Option<Duration> {
    let seconds = |text| DateTime::from_str(text, Format::HttpDate).ok().map(|time| time.secs());
    let wait = seconds(then)?.saturating_sub(seconds(date)?);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_a_wait_is_read_and_no_other() {
        const DATE: &str = "Tue, 10 Mar 2026 09:00:00 GMT";
        let seconds = |number| Some(Duration::from_secs(number));
        let table = [
            ("0", seconds(0)),
            (" 3 ", seconds(3)),
            ("99999999", seconds(99_999_999)),
            ("18446744073709551615", seconds(u64::MAX)),
            ("18446744073709551616", seconds(u64::MAX)),
            ("Tue, 10 Mar 2026 09:02:00 GMT", seconds(120)),
            ("Tue, 10 Mar 2026 08:59:00 GMT", seconds(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", seconds(251_629_167_599)),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1e3", None),
            ("", None),
            ("soon", None),
            ("2026-03-10T09:02:00Z", None),
        ];
        for (text, wait) in table {
            let mut headers = Headers::new();
            headers.insert("date", DATE);
            headers.insert("retry-after", text);
            assert_eq!(retry_after(&headers), wait, "{text:?}");
            headers.insert("x-amz-retry-after", "250");
            assert_eq!(retry_after(&headers), Some(Duration::from_millis(250)), "{text:?}");
        }
        let mut undated = Headers::new();
        assert_eq!(retry_after(&undated), None);
        undated.insert("retry-after", DATE);
        assert_eq!(retry_after(&undated), None);
    }

    proptest! {
        #[test]
        fn any_header_is_a_wait_or_none(
            asked in "[ -~]{0,40}|[0-9]{1,30}|[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2} GMT",
            date in "[ -~]{0,40}|[A-Z][a-z]{2}, [0-9]{1,3} (Mar|Feb|Dec) [0-9]{1,6} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2} GMT",
        ) {
            let mut headers = Headers::new();
            headers.insert("date", date);
            headers.insert("retry-after", asked.clone());
            let wait = retry_after(&headers);
            prop_assert!(wait.is_none() || !asked.trim().is_empty());
            headers.insert("x-amz-retry-after", asked);
            let _ = retry_after(&headers);
        }
    }
}
