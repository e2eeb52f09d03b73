//! As much of JSON Schema as the report's schema uses; a keyword that is not known here fails, so
//! that nothing in it is only decoration.

use serde_json::Value;

/// What does not fit, with its place.
pub(crate) fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "$schema" | "title" | "description" => true,
            "type" => has_type(value, rule.as_str().unwrap()),
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|n| n > rule.as_f64().unwrap()),
            "required" => {
                let missing = |key: &&Value| value.get(key.as_str().unwrap()).is_none();
                let missing: Vec<_> = rule.as_array().unwrap().iter().filter(missing).collect();
                faults.extend(missing.iter().map(|key| format!("{at}: {key} is missing")));
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(self::faults(rule, item, &format!("{at}/{index}")));
                }
                true
            }
            "properties" => {
                for (key, rule) in rule.as_object().unwrap() {
                    if let Some(inner) = value.get(key) {
                        faults.extend(self::faults(rule, inner, &format!("{at}/{key}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                let known =
                    |key: &str| schema.get("properties").is_some_and(|p| p.get(key).is_some());
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if known(key) {
                        continue;
                    }
                    if rule == false {
                        faults.push(format!("{at}: {key} is not described"));
                    } else {
                        faults.extend(self::faults(rule, inner, &format!("{at}/{key}")));
                    }
                }
                true
            }
            other => panic!("{other} is not known here"),
        };
        if !fits {
            faults.push(format!("{at}: {value} against {keyword} {rule}"));
        }
    }
    faults
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        other => panic!("type {other} is not known here"),
    }
}
