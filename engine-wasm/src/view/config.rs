//! The view config: how a view is asked for, as JSON.
//!
//! Parsing checks the form; names of columns and types are checked when the view is made.

mod aggregate_term;
mod condition;
mod sort_term;

pub use aggregate_term::AggregateTerm;
pub use condition::{FilterNode, FilterOp, FilterTerm};
pub use sort_term::{Direction, Nulls, SortTerm};

use super::limits::{GroupLimit, LimitBy};
use crate::error::{Error, Kind, Result};
use crate::expr::name_in;
use crate::over::Over;
use aggregate_term::aggregates;
use condition::filter_nodes;
use serde_json::{Map, Value, json};
use sort_term::sort_term;

/// What a view shows of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewConfig {
    /// The columns, in order; absent: all of the table's.
    pub columns: Option<Vec<String>>,
    /// The columns whose values make the row groups, outermost first.
    pub group_by: Vec<String>,
    /// The columns whose values make the column groups, outermost first.
    pub split_by: Vec<String>,
    /// Columns that are computed, by name: their texts.
    pub expressions: Vec<(String, String)>,
    /// Columns that are computed over several rows, by name.
    pub windows: Vec<(String, Over)>,
    /// How columns are aggregated, where not by their type's default, and columns of the
    /// view's own, each under its name.
    pub aggregates: Vec<(String, AggregateTerm)>,
    /// Columns of the view that are computed of aggregates, by name: their texts. In JSON they
    /// stand among `aggregates`, as `{"expression": text}`.
    pub formulas: Vec<(String, String)>,
    /// Which rows take part.
    pub filter: Vec<FilterNode>,
    /// How the nodes of `filter` are joined.
    pub filter_op: FilterOp,
    /// Which groups are shown, by their aggregates; all must hold.
    pub having: Vec<FilterNode>,
    /// The order of rows and of split columns.
    pub sort: Vec<SortTerm>,
    /// To what depth groups are expanded at first; absent: wholly.
    pub group_by_depth: Option<u32>,
    /// Which groups have rows.
    pub group_rollup_mode: GroupRollup,
    /// Which column groups are shown.
    pub split_rollup_mode: SplitRollup,
    /// How many groups have rows in each group.
    pub group_limit: Option<GroupLimit>,
    /// How many rows of each combination of values are shown; of a view without groups.
    pub limit_by: Option<LimitBy>,
    /// Shows each combination of values once; of a view without groups.
    pub distinct: bool,
    /// How many of its rows the view leaves out at the beginning.
    pub offset: u64,
    /// The most rows it has.
    pub limit: Option<u64>,
}

/// Which groups of a view have rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupRollup {
    /// Those of all levels, and the total.
    #[default]
    Rollup,
    /// Those of the innermost level.
    Flat,
    /// The total alone, of a view without `group_by`.
    Total,
}

impl GroupRollup {
    const NAMES: [(&'static str, GroupRollup); 3] = [
        ("rollup", GroupRollup::Rollup),
        ("flat", GroupRollup::Flat),
        ("total", GroupRollup::Total),
    ];

    fn parse(value: &Value) -> Result<Self> {
        let name = value.as_str().ok_or_else(|| form("a mode's name", value))?;
        let known = Self::NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, mode)| *mode).ok_or_else(|| {
            Error::unknown(Kind::InvalidConfig, "mode", name, Self::NAMES.map(|(name, _)| name))
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// Which column groups of a view are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SplitRollup {
    /// Those of the innermost level.
    #[default]
    Flat,
    /// Those of all levels, and the total.
    Rollup,
}

impl SplitRollup {
    fn parse(value: &Value) -> Result<Self> {
        match value.as_str().ok_or_else(|| form("a mode's name", value))? {
            "flat" => Ok(SplitRollup::Flat),
            "rollup" => Ok(SplitRollup::Rollup),
            name => Err(Error::unknown(Kind::InvalidConfig, "mode", name, ["flat", "rollup"])),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            SplitRollup::Flat => "flat",
            SplitRollup::Rollup => "rollup",
        }
    }
}

const FIELDS: [&str; 18] = [
    "expressions",
    "windows",
    "columns",
    "group_by",
    "split_by",
    "aggregates",
    "filter",
    "filter_op",
    "having",
    "sort",
    "group_by_depth",
    "group_rollup_mode",
    "split_rollup_mode",
    "group_limit",
    "limit_by",
    "distinct",
    "offset",
    "limit",
];

impl ViewConfig {
    /// Reads a config from JSON text.
    ///
    /// # Errors
    /// Where it is not JSON, has an unknown field, or one of the wrong form, with its place.
    pub fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| Error::new(Kind::InvalidConfig, format!("not JSON: {e}")))?;
        let Value::Object(fields) = value else {
            return Err(form("an object", &value));
        };
        let mut config = ViewConfig::default();
        for (name, value) in &fields {
            config.set(name, value).map_err(|e| e.at(name.as_str()))?;
        }
        Ok(config)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        match name {
            _ if !FIELDS.contains(&name) => {
                let known = FIELDS.iter().copied();
                return Err(Error::unknown(Kind::InvalidConfig, "field", name, known));
            }
            _ if value.is_null() => {}
            "expressions" => self.expressions = expressions(value)?,
            "windows" => self.windows = windows(value)?,
            "columns" => self.columns = Some(list(value, text)?),
            "group_by" => self.group_by = list(value, text)?,
            "split_by" => self.split_by = list(value, text)?,
            "aggregates" => (self.aggregates, self.formulas) = aggregates(value)?,
            "filter" => self.filter = filter_nodes(value)?,
            "filter_op" => {
                self.filter_op = match value.as_str() {
                    Some("and") => FilterOp::And,
                    Some("or") => FilterOp::Or,
                    _ => return Err(form("\"and\" or \"or\"", value)),
                }
            }
            "having" => self.having = filter_nodes(value)?,
            "group_rollup_mode" => self.group_rollup_mode = GroupRollup::parse(value)?,
            "split_rollup_mode" => self.split_rollup_mode = SplitRollup::parse(value)?,
            "group_limit" => self.group_limit = Some(GroupLimit::parse(value)?),
            "limit_by" => self.limit_by = Some(LimitBy::parse(value)?),
            "distinct" => {
                self.distinct = value.as_bool().ok_or_else(|| form("true or false", value))?;
            }
            "offset" | "limit" => {
                let rows = value.as_u64().ok_or_else(|| form("a number of rows", value))?;
                match name {
                    "offset" => self.offset = rows,
                    _ => self.limit = Some(rows),
                }
            }
            "sort" => self.sort = list(value, sort_term)?.into_iter().flatten().collect(),
            _ => {
                let depth = value.as_u64().and_then(|depth| u32::try_from(depth).ok());
                self.group_by_depth = Some(depth.ok_or_else(|| form("a number of levels", value))?);
            }
        }
        Ok(())
    }

    /// The config as JSON, whole.
    pub fn to_json(&self) -> Value {
        json!({
            "expressions": self.expressions.iter()
                .map(|(name, text)| (name.clone(), text.as_str().into()))
                .collect::<Map<_, _>>(),
            "windows": self.windows.iter()
                .map(|(name, over)| (name.clone(), over.to_json()))
                .collect::<Map<_, _>>(),
            "columns": self.columns,
            "group_by": self.group_by,
            "split_by": self.split_by,
            "aggregates": self.aggregates.iter()
                .map(|(name, term)| (name.clone(), term.to_json()))
                .chain(self.formulas.iter()
                    .map(|(name, text)| (name.clone(), json!({ "expression": text }))))
                .collect::<Map<_, _>>(),
            "filter": self.filter.iter().map(FilterNode::to_json).collect::<Vec<_>>(),
            "filter_op": self.filter_op.name(),
            "sort": self.sort.iter()
                .map(|term| json!([term.column, term.direction.name()]))
                .collect::<Vec<_>>(),
            "having": self.having.iter().map(FilterNode::to_json).collect::<Vec<_>>(),
            "group_by_depth": self.group_by_depth,
            "group_rollup_mode": self.group_rollup_mode.name(),
            "split_rollup_mode": self.split_rollup_mode.name(),
            "group_limit": self.group_limit.as_ref().map(GroupLimit::to_json),
            "limit_by": self.limit_by.as_ref().map(LimitBy::to_json),
            "distinct": self.distinct,
            "offset": self.offset,
            "limit": self.limit,
        })
    }
}

pub(super) fn form(expected: &str, found: &Value) -> Error {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(n) => format!("the number {n}"),
        Value::String(s) => format!("\"{}\"", s.chars().take(40).collect::<String>()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    Error::new(Kind::InvalidConfig, format!("found {found}")).expected(expected)
}

pub(super) fn list<T>(value: &Value, each: impl Fn(&Value) -> Result<T>) -> Result<Vec<T>> {
    let items = value.as_array().ok_or_else(|| form("an array", value))?;
    let items = items.iter().enumerate();
    items.map(|(i, item)| each(item).map_err(|e| e.at(format!("[{i}]")))).collect()
}

pub(super) fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| form("a column's name", value))
}

/// `{name: text}`, or a list of texts, whose names are in their first lines or themselves.
fn expressions(value: &Value) -> Result<Vec<(String, String)>> {
    let text = |value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| form("an expression's text", value))
    };
    if value.is_array() {
        let texts = list(value, text)?.into_iter();
        return Ok(texts.map(|text| (name_in(&text).unwrap_or(&text).to_owned(), text)).collect());
    }
    let map = value.as_object().ok_or_else(|| form("an object of name: expression", value))?;
    let each = |(name, value): (&String, &Value)| {
        Ok((name.clone(), text(value).map_err(|e| e.at(format!(".{name}")))?))
    };
    map.iter().map(each).collect()
}

fn windows(value: &Value) -> Result<Vec<(String, Over)>> {
    let map = value.as_object().ok_or_else(|| form("an object of name: window", value))?;
    let each = map.iter().map(|(name, over)| {
        let over = Over::parse(over).map_err(|e| e.at(format!("[{name:?}]")))?;
        Ok((name.clone(), over))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_names_the_nearest() {
        let e = ViewConfig::parse(r#"{"groupby": ["a"]}"#).unwrap_err();
        assert_eq!(e.message, r#"unknown field "groupby", did you mean "group_by"?"#);
        assert_eq!(e.place.as_deref(), Some("groupby"));
    }

    #[test]
    fn errors_say_where() {
        let place = |text: &str| ViewConfig::parse(text).unwrap_err().place.unwrap();
        assert_eq!(place(r#"{"sort": [["a", "asc"], ["b", "up"]]}"#), "sort[1][1]");
        assert_eq!(place(r#"{"filter": [[1, "=="]]}"#), "filter[0][0]");
        let nested = r#"{"filter": [{"or": [["a", "==", 1], {"not": ["a", 1]}]}]}"#;
        assert_eq!(place(nested), "filter[0].or[1].not[1]");
        assert_eq!(place(r#"{"filter": [{"nor": []}]}"#), "filter[0]");
        let deep = format!("{}[\"a\", \"==\"]{}", "{\"not\":".repeat(40), "}".repeat(40));
        let e = ViewConfig::parse(&format!("{{\"filter\": [{deep}]}}")).unwrap_err();
        assert_eq!(e.message, "nested more than 32 deep");
        assert_eq!(place(r#"{"aggregates": {"a": "summ"}}"#), "aggregates.a");
        assert_eq!(place(r#"{"aggregates": {"a": ["weighted mean"]}}"#), "aggregates.a");
        assert_eq!(place(r#"{"aggregates": {"a": ["sum", ["b"]]}}"#), "aggregates.a");
        assert_eq!(place(r#"{"aggregates": {"a": ["quantile", [1.5]]}}"#), "aggregates.a");
        assert_eq!(place(r#"{"aggregates": {"a": "quantile"}}"#), "aggregates.a");
        assert_eq!(place(r#"{"aggregates": {"a": {"column": "b"}}}"#), "aggregates.a");
        let named = r#"{"aggregates": {"a": {"column": "b", "aggregate": "summ"}}}"#;
        assert_eq!(place(named), "aggregates.a.aggregate");
        let named = r#"{"aggregates": {"a": {"column": "b", "aggregate": "sum", "by": "c"}}}"#;
        assert_eq!(place(named), "aggregates.a.by");
        assert_eq!(place(r#"{"aggregates": {"a": {"expression": 5}}}"#), "aggregates.a.expression");
        let both = r#"{"aggregates": {"a": {"expression": "1", "column": "b"}}}"#;
        assert_eq!(place(both), "aggregates.a.column");
        assert_eq!(place(r#"{"windows": {"w": {"aggregate": "sum"}}}"#), r#"windows["w"].column"#);
        assert_eq!(place(r#"{"columns": "a"}"#), "columns");
        assert_eq!(place(r#"{"group_by_depth": -1}"#), "group_by_depth");
        assert_eq!(place(r#"{"distinct": 1}"#), "distinct");
        assert_eq!(place(r#"{"split_rollup_mode": "total"}"#), "split_rollup_mode");
        assert_eq!(place(r#"{"group_limit": 0}"#), "group_limit");
        assert_eq!(place(r#"{"limit_by": {"limit": 0, "columns": ["a"]}}"#), "limit_by.limit");
        assert_eq!(place(r#"{"limit_by": {"limit": 1, "columns": [2]}}"#), "limit_by.columns[0]");
        assert_eq!(place(r#"{"limit_by": {"limit": 1, "columns": []}}"#), "limit_by.columns");
        assert_eq!(place(r#"{"limit_by": {"limit": 1, "column": ["a"]}}"#), "limit_by.column");
        assert_eq!(place(r#"{"limit_by": 2}"#), "limit_by");
        assert_eq!(place(r#"{"group_limit": [2, null, -1]}"#), "group_limit[2]");
    }

    #[test]
    fn arguments_have_several_forms() {
        let parse = |text: &str| ViewConfig::parse(text).unwrap().aggregates;
        let one =
            parse(r#"{"aggregates": {"a": ["weighted mean", ["b"]], "c": ["quantile", 0.9]}}"#);
        let other =
            parse(r#"{"aggregates": {"a": ["weighted mean", "b"], "c": ["quantile", ["0.9"]]}}"#);
        assert_eq!(one, other);
        assert_eq!(
            parse(r#"{"aggregates": {"a": ["sum"]}}"#),
            parse(r#"{"aggregates": {"a": "sum"}}"#)
        );
    }

    #[test]
    fn a_config_comes_back_from_its_json() {
        let text = r#"{"expressions":{"e":"1 + 1"},
            "windows":{"w":{"column":"a","aggregate":"avg","rows":5}},"columns":["a"],"group_by":["b"],"split_by":[],
            "aggregates":{"a":"max", "b": ["min by", ["a"]], "c": ["quantile", [0.1]],
                "low": {"column": "a", "aggregate": ["weighted sum", ["b"]]},
                "ratio": {"expression": "sum(\"a\") / \"b\""}},
            "filter":[["a",">",1],{"and":[{"not":["a","==",{"column":"b"}]},{"or":[]}]}],
            "filter_op":"or","sort":[["a","col desc abs nulls first"]],"group_by_depth":1,
            "having":[["a","<",3]],"group_rollup_mode":"flat","split_rollup_mode":"rollup","group_limit":[3,null],"distinct":true,
            "limit_by":{"limit":2,"columns":["a","b"]},"offset":2,"limit":10}"#;
        let config = ViewConfig::parse(text).unwrap();
        assert_eq!(ViewConfig::parse(&config.to_json().to_string()).unwrap(), config);
    }
}
