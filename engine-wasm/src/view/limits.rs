//! How many groups of each group are shown, or rows of each combination of values:
//! `group_limit` and `limit_by`.

use super::config::{GroupRollup, ViewConfig, form, list, text};
use crate::error::{Error, Kind, Result};
use serde_json::{Value, json};

/// The most groups that have rows in each group: the first ones in the order of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupLimit {
    /// So many in each.
    Each(u64),
    /// A number for each level of `group_by`, null where all have rows.
    Levels(Vec<Option<u64>>),
}

impl GroupLimit {
    /// Reads a number, or an array of numbers and nulls.
    ///
    /// # Errors
    /// Where it is neither, or one of the numbers is zero.
    pub fn parse(value: &Value) -> Result<Self> {
        let number = |value: &Value| positive(value, "a number of groups from 1 on");
        if value.is_array() {
            let level = |value: &Value| (!value.is_null()).then(|| number(value)).transpose();
            return Ok(GroupLimit::Levels(list(value, level)?));
        }
        Ok(GroupLimit::Each(number(value)?))
    }

    /// The limit as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            GroupLimit::Each(limit) => json!(limit),
            GroupLimit::Levels(levels) => json!(levels),
        }
    }
}

/// The most rows of each combination of values: the first ones in the order of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitBy {
    /// So many.
    pub limit: u64,
    /// The columns whose values are combined.
    pub columns: Vec<String>,
}

impl LimitBy {
    /// Reads `{limit, columns}`.
    ///
    /// # Errors
    /// Where it is another form, the limit is zero, or there are no columns.
    pub fn parse(value: &Value) -> Result<Self> {
        const FIELDS: [&str; 2] = ["limit", "columns"];
        const FORM: &str = "{\"limit\": …, \"columns\": […]}";
        let fields = value.as_object().ok_or_else(|| form(FORM, value))?;
        if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            let error = Error::unknown(Kind::InvalidConfig, "field", name, FIELDS);
            return Err(error.at(format!(".{name}")));
        }
        let (Some(limit), Some(columns)) = (fields.get("limit"), fields.get("columns")) else {
            return Err(form(FORM, value));
        };
        let limit = positive(limit, "a number of rows from 1 on").map_err(|e| e.at(".limit"))?;
        let columns = list(columns, text).map_err(|e| e.at(".columns"))?;
        if columns.is_empty() {
            let error = Error::new(Kind::InvalidConfig, "no column");
            return Err(error.expected("some, or limit in place of it").at(".columns"));
        }
        Ok(LimitBy { limit, columns })
    }

    /// The limit as JSON.
    pub fn to_json(&self) -> Value {
        json!({ "limit": self.limit, "columns": self.columns })
    }

    /// Checks that a config with it has rows to limit.
    ///
    /// # Errors
    /// Where it has groups, or distinct rows.
    pub fn check(config: &ViewConfig) -> Result<()> {
        let grouped = !config.group_by.is_empty() || config.group_rollup_mode == GroupRollup::Total;
        let (message, expected) = match () {
            () if grouped => ("rows are limited, and here are groups", "group_limit, or no groups"),
            () if config.distinct => ("of distinct rows there is one of each kind", "one of both"),
            () => return Ok(()),
        };
        Err(Error::new(Kind::InvalidConfig, message).expected(expected).at("limit_by"))
    }
}

fn positive(value: &Value, expected: &str) -> Result<u64> {
    value.as_u64().filter(|&number| number > 0).ok_or_else(|| form(expected, value))
}

/// The limits on each level of a config's groups; none where there are none.
///
/// # Errors
/// Where there are no groups to limit, or not as many numbers as levels.
pub fn group_limits(config: &ViewConfig) -> Result<Vec<Option<u64>>> {
    let Some(limit) = &config.group_limit else { return Ok(Vec::new()) };
    let error = |message: String, expected: &str| {
        let error = Error::new(Kind::InvalidConfig, message);
        Err(error.expected(expected).at("group_limit"))
    };
    let levels = config.group_by.len();
    if levels == 0 {
        let message = "a view without group_by has no groups in groups".to_owned();
        return error(message, "group_by, or limit_by in place of it");
    }
    if config.group_rollup_mode == GroupRollup::Flat {
        let message = "the innermost groups alone stand in no other".to_owned();
        return error(message, "limit in place of it, or another group_rollup_mode");
    }
    match limit {
        GroupLimit::Each(limit) => Ok(vec![Some(*limit); levels]),
        GroupLimit::Levels(limits) if limits.len() == levels => Ok(limits.clone()),
        GroupLimit::Levels(limits) => {
            let message = format!("{} numbers for {levels} levels of group_by", limits.len());
            error(message, "a number or null for each")
        }
    }
}
