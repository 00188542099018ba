//! As much of JSON Schema 2020-12 as our schema uses. A word that it does not know is a failure, so that nothing is taken for
//! checked that is not.

use regex_lite::Regex;
use serde_json::Value;

/// What only people and editors read.
const ANNOTATIONS: [&str; 7] = ["$schema", "$defs", "title", "description", "default", "examples", "format"];

/// Checks values against a schema.
pub struct Validator<'s> {
    pub root: &'s Value,
}

impl Validator<'_> {
    /// Whether `value` is valid.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.fits(self.root, value)
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let schema = match schema {
            Value::Bool(is_anything) => return *is_anything,
            Value::Object(schema) => schema,
            other => panic!("{other} is no schema"),
        };
        let is_present = |name: &Value| value.get(name.as_str().unwrap()).is_some();
        let fits = |schema: &Value| self.fits(schema, value);
        schema.iter().all(|(word, said)| match word.as_str() {
            "$ref" => self.fits(self.referred(said), value),
            "type" => is_of_type(said, value),
            "enum" => said.as_array().unwrap().contains(value),
            "const" => said == value,
            "pattern" => value.as_str().is_none_or(|text| Regex::new(said.as_str().unwrap()).unwrap().is_match(text)),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= said.as_u64().unwrap()),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= said.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|number| number >= said.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= said.as_f64().unwrap()),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.fits(said, item))),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= said.as_u64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().unwrap()),
            "properties" => value.as_object().is_none_or(|object| {
                object.iter().all(|(name, item)| said.get(name).is_none_or(|schema| self.fits(schema, item)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|object| {
                let named = schema.get("properties");
                let others = object.iter().filter(|(name, _)| named.is_none_or(|named| named.get(name).is_none()));
                others.into_iter().all(|(_, item)| self.fits(said, item))
            }),
            "required" => !value.is_object() || said.as_array().unwrap().iter().all(is_present),
            "allOf" => said.as_array().unwrap().iter().all(fits),
            "oneOf" => said.as_array().unwrap().iter().filter(|schema| fits(schema)).count() == 1,
            "not" => !fits(said),
            "if" => schema.get(if fits(said) { "then" } else { "else" }).is_none_or(fits),
            "then" | "else" => schema.contains_key("if"),
            word => {
                assert!(ANNOTATIONS.contains(&word), "the schema has the word `{word}`, which is not checked");
                true
            }
        })
    }

    fn referred(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        self.root.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"))
    }
}

fn is_of_type(named: &Value, value: &Value) -> bool {
    match named.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("the type `{other}` is not checked"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_word_of_the_schema_refuses_what_it_is_for() {
        let table = [
            (json!({"type": "string"}), json!("a"), json!(1)),
            (json!({"enum": ["a", "b"]}), json!("b"), json!("c")),
            (json!({"const": "a"}), json!("a"), json!("b")),
            (json!({"pattern": "^a+$"}), json!("aa"), json!("ab")),
            (json!({"minLength": 2, "maxLength": 3}), json!("éé"), json!("é")),
            (json!({"minLength": 2, "maxLength": 3}), json!("ééé"), json!("éééé")),
            (json!({"minimum": 10, "maximum": 20}), json!(10), json!(9)),
            (json!({"minimum": 10, "maximum": 20}), json!(20), json!(21)),
            (json!({"items": {"type": "string"}, "minItems": 1}), json!(["a"]), json!([1])),
            (json!({"items": {"type": "string"}, "minItems": 1}), json!(["a", "b"]), json!([])),
            (json!({"maxItems": 1}), json!(["a"]), json!(["a", "b"])),
            (json!({"properties": {"a": {"type": "string"}}}), json!({"a": "x", "b": 1}), json!({"a": 1})),
            (json!({"properties": {"a": true}, "additionalProperties": false}), json!({"a": 1}), json!({"b": 1})),
            (json!({"additionalProperties": {"type": "string"}}), json!({"a": "x"}), json!({"a": 1})),
            (json!({"required": ["a"]}), json!({"a": 1}), json!({})),
            (json!({"allOf": [{"minimum": 1}, {"maximum": 2}]}), json!(1), json!(3)),
            (json!({"oneOf": [{"minimum": 1}, {"maximum": 2}]}), json!(3), json!(2)),
            (json!({"not": {"const": 1}}), json!(2), json!(1)),
            (json!({"if": {"const": 1}, "then": false, "else": {"const": 2}}), json!(2), json!(1)),
            (json!({"if": {"const": 1}, "then": false, "else": {"const": 2}}), json!(2), json!(3)),
            (json!({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}), json!(1), json!(2)),
        ];
        for (schema, good, bad) in table {
            let validator = Validator { root: &schema };
            assert!(validator.is_valid(&good) && !validator.is_valid(&bad), "{schema}");
        }
    }
}
