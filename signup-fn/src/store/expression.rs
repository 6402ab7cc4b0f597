//! Conditions and updates as DynamoDB expressions.
//!
//! Every attribute name becomes a placeholder, since many names are reserved words of DynamoDB
//! (`status`, `session`, `role`). Every value becomes one because expressions have no literals.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// A condition on the item as it is before the write.
///
/// A path is the name of an attribute, or of an element of a list such as `waiting[0]`.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Exists(&'static str),
    Absent(&'static str),
    Equals(String, AttributeValue),
    AtMost(&'static str, AttributeValue),
    AtLeast(&'static str, AttributeValue),
    Less(&'static str, AttributeValue),
    More(&'static str, AttributeValue),
    /// The list has fewer elements than this.
    Shorter(&'static str, usize),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Condition {
    /// Returns the condition that always holds.
    pub(super) fn always() -> Self {
        Self::Any(vec![Self::Absent("pk"), Self::Exists("pk")])
    }
}

/// Returns the condition that a path has this value.
pub(super) fn equals(path: impl Into<String>, value: AttributeValue) -> Condition {
    Condition::Equals(path.into(), value)
}

/// Changes to the attributes of one item. Other attributes keep their values.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    set: Vec<(String, AttributeValue)>,
    append: Vec<(&'static str, Vec<AttributeValue>)>,
    remove: Vec<String>,
    add: Vec<(&'static str, i64)>,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.append.is_empty() && self.remove.is_empty() && self.add.is_empty()
    }

    pub(super) fn set(mut self, name: impl Into<String>, value: AttributeValue) -> Self {
        self.set.push((name.into(), value));
        self
    }

    /// Appends elements to a list, which is created if it is absent.
    pub(super) fn append(mut self, name: &'static str, elements: Vec<AttributeValue>) -> Self {
        self.append.push((name, elements));
        self
    }

    pub(super) fn remove(mut self, path: impl Into<String>) -> Self {
        self.remove.push(path.into());
        self
    }

    /// Adds to a number, which counts as 0 if it is absent.
    pub(super) fn add(mut self, name: &'static str, amount: i64) -> Self {
        self.add.push((name, amount));
        self
    }
}

/// The names and values behind the placeholders of a request's expressions.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Placeholders {
    /// Returns the names, or `None` if there are none, since DynamoDB refuses an empty map.
    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    /// Returns the values, or `None` if there are none, since DynamoDB refuses an empty map.
    pub(super) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    /// Returns the expression of a condition, and adds its placeholders.
    pub(super) fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Condition::Absent(path) => format!("attribute_not_exists({})", self.path(path)),
            Condition::Equals(path, value) => self.compare(path, "=", value),
            Condition::AtMost(path, value) => self.compare(path, "<=", value),
            Condition::AtLeast(path, value) => self.compare(path, ">=", value),
            Condition::Less(path, value) => self.compare(path, "<", value),
            Condition::More(path, value) => self.compare(path, ">", value),
            Condition::Shorter(path, length) => {
                let length = AttributeValue::N(length.to_string());
                format!("size({}) < {}", self.path(path), self.value(&length))
            }
            Condition::All(all) => self.join(all, " AND "),
            Condition::Any(any) => self.join(any, " OR "),
        }
    }

    /// Returns the expression of an update, and adds its placeholders.
    pub(super) fn changes(&mut self, changes: &Changes) -> String {
        let Changes { set, append, remove, add } = changes;
        let mut sets: Vec<String> = set.iter().map(|(name, value)| self.compare(name, "=", value)).collect();
        for (name, elements) in append {
            let name = self.path(name);
            let empty = self.value(&AttributeValue::L(Vec::new()));
            let list = self.value(&AttributeValue::L(elements.clone()));
            sets.push(format!("{name} = list_append(if_not_exists({name}, {empty}), {list})"));
        }
        let removes: Vec<String> = remove.iter().map(|path| self.path(path)).collect();
        let adds: Vec<String> = add
            .iter()
            .map(|(name, amount)| {
                let amount = AttributeValue::N(amount.to_string());
                format!("{} {}", self.path(name), self.value(&amount))
            })
            .collect();
        let clauses = [("SET", sets), ("REMOVE", removes), ("ADD", adds)];
        let clauses = clauses.into_iter().filter(|(_, parts)| !parts.is_empty());
        clauses.map(|(clause, parts)| format!("{clause} {}", parts.join(", "))).collect::<Vec<_>>().join(" ")
    }

    fn compare(&mut self, path: &str, operator: &str, value: &AttributeValue) -> String {
        format!("{} {operator} {}", self.path(path), self.value(value))
    }

    fn join(&mut self, conditions: &[Condition], operator: &str) -> String {
        let all: Vec<String> =
            conditions.iter().map(|condition| format!("({})", self.condition(condition))).collect();
        all.join(operator)
    }

    /// Returns the placeholder of a path: `waiting[0]` becomes `#waiting[0]`.
    fn path(&mut self, path: &str) -> String {
        let name = path.split('[').next().unwrap_or(path);
        self.names.insert(format!("#{name}"), name.to_owned());
        format!("#{path}")
    }

    fn value(&mut self, value: &AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.clone());
        placeholder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::item::{number, text};

    #[test]
    fn a_condition_is_written_with_placeholders() {
        let mut placeholders = Placeholders::default();
        let condition = Condition::Any(vec![
            Condition::Absent("pk"),
            equals("status", text("cancelled")),
            Condition::All(vec![equals("waiting[0]", text("me")), Condition::Less("taken", number(2))]),
        ]);
        let written = placeholders.condition(&condition);
        let expected =
            "(attribute_not_exists(#pk)) OR (#status = :v0) OR ((#waiting[0] = :v1) AND (#taken < :v2))";
        assert_eq!(written, expected);
        assert_eq!(placeholders.names().unwrap()["#waiting"], "waiting");
        assert_eq!(placeholders.values().unwrap()[":v2"], number(2));
    }

    #[test]
    fn changes_are_written_clause_by_clause() {
        let mut placeholders = Placeholders::default();
        let changes = Changes::default()
            .add("taken", -1)
            .remove("waiting[3]")
            .set("status", text("held"))
            .append("waiting", vec![text("me")]);
        assert_eq!(
            placeholders.changes(&changes),
            "SET #status = :v0, #waiting = list_append(if_not_exists(#waiting, :v1), :v2) \
             REMOVE #waiting[3] ADD #taken :v3"
        );
        assert!(Placeholders::default().names().is_none());
    }
}
