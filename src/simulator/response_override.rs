//! Changes to single members of JSON responses, by JSON pointer.

use serde_json::Value;

use super::operation::Operation;

/// A member of an operation's JSON responses that is replaced, or left out.
pub(super) struct ResponseOverride {
    pub(super) operation: Operation,
    /// A JSON pointer.
    pub(super) pointer: String,
    pub(super) value: Option<Value>,
}

impl ResponseOverride {
    pub(super) fn apply(&self, response: &mut Value) {
        let Some((parent, member)) = self.pointer.rsplit_once('/') else { return };
        let Some(Value::Object(parent)) = response.pointer_mut(parent) else { return };
        match &self.value {
            Some(value) => parent.insert(member.to_owned(), value.clone()),
            None => parent.remove(member),
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_override_replaces_adds_or_removes_a_member_and_ignores_what_is_not_there() {
        let mut response = json!({"expiresIn": 1, "inner": {"a": 1}});
        let set = |pointer: &str, value| ResponseOverride {
            operation: Operation::CreateToken,
            pointer: pointer.to_owned(),
            value,
        };
        for change in [
            set("/expiresIn", Some(json!(-1))),
            set("/inner/b", Some(json!(2))),
            set("/inner/a", None),
            set("/missing/c", Some(json!(3))),
            set("", Some(json!(4))),
        ] {
            change.apply(&mut response);
        }
        assert_eq!(response, json!({"expiresIn": -1, "inner": {"b": 2}}));
    }
}
