//! The view config: how a view is asked for, as JSON.
//!
//! Parsing checks the form; names of columns and types are checked when the view is made.

use super::limits::{GroupLimit, LimitBy};
use crate::aggregate::{Aggregate, Argument, Fraction};
use crate::error::{Error, Kind, Result};
use crate::expr::name_in;
use crate::over::Over;
use crate::scalar::Scalar;
use crate::table::Interner;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

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

/// `"sum"`, `["weighted mean", ["quantity"]]` or `{"column": "price", "aggregate": "mean"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateTerm {
    /// The column, where it is not the one that the term is named for.
    pub column: Option<String>,
    /// How it is aggregated.
    pub aggregate: Aggregate,
    /// The column by which it is weighted or ordered, of aggregates that have one.
    pub operand: Option<String>,
}

/// How filter terms are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterOp {
    /// All must hold.
    #[default]
    And,
    /// One must hold.
    Or,
}

/// A condition on rows: a term, or others joined.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterNode {
    /// `[column, operator, operand]`
    Term(FilterTerm),
    /// `{"and": […]}` or `{"or": […]}`
    Joined(FilterOp, Vec<FilterNode>),
    /// `{"not": …}`
    Not(Box<FilterNode>),
}

/// `[column, operator, operand]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterTerm {
    /// The column's name.
    pub column: String,
    /// The operator's name.
    pub operator: String,
    /// What it compares to, a value or `{"column": name}`; null where it compares to nothing,
    /// or is not filled in yet.
    pub operand: Value,
}

/// `[column, direction]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortTerm {
    /// The column's name.
    pub column: String,
    /// Which way.
    pub direction: Direction,
}

/// One of the directions `asc`, `desc`, `asc abs`, `desc abs`, or the same with `col ` before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// The greatest first.
    pub descending: bool,
    /// By absolute value.
    pub absolute: bool,
    /// Orders split columns instead of rows.
    pub columns: bool,
    /// Where nulls stand, whichever way: absent, before the least value.
    pub nulls: Option<Nulls>,
}

/// Where nulls stand among values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all.
    First,
    /// Behind all.
    Last,
}

impl Direction {
    /// Rows, the least first.
    pub const ASCENDING: Direction =
        Direction { descending: false, absolute: false, columns: false, nulls: None };

    /// The order of two values of one column.
    pub fn order(self, a: Scalar, b: Scalar, strings: Option<&Interner>) -> Ordering {
        self.arrange(a.is_null(), b.is_null(), || a.compare(b, strings))
    }

    /// The order of two values, by which of them are null and by `compare`, which puts null
    /// before all.
    pub fn arrange(
        self,
        a_is_null: bool,
        b_is_null: bool,
        compare: impl FnOnce() -> Ordering,
    ) -> Ordering {
        match self.nulls {
            Some(nulls) if a_is_null != b_is_null => {
                if a_is_null == (nulls == Nulls::First) {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ if self.descending => compare().reverse(),
            _ => compare(),
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
            "filter" => self.filter = list(value, |node| filter_node(node, MOST_NESTED))?,
            "filter_op" => {
                self.filter_op = match value.as_str() {
                    Some("and") => FilterOp::And,
                    Some("or") => FilterOp::Or,
                    _ => return Err(form("\"and\" or \"or\"", value)),
                }
            }
            "having" => self.having = list(value, |node| filter_node(node, MOST_NESTED))?,
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

impl AggregateTerm {
    fn parse(value: &Value) -> Result<Self> {
        const FORM: &str = "{\"column\": …, \"aggregate\": …}";
        let Value::Object(fields) = value else { return Self::parse_aggregate(value) };
        if let Some(name) = fields.keys().find(|name| !["column", "aggregate"].contains(&&***name))
        {
            let known = ["column", "aggregate", "expression"];
            let error = Error::unknown(Kind::InvalidConfig, "field", name, known);
            return Err(error.at(format!(".{name}")));
        }
        match (fields.get("column"), fields.get("aggregate")) {
            (Some(column), Some(aggregate)) => Ok(AggregateTerm {
                column: Some(text(column).map_err(|e| e.at(".column"))?),
                ..Self::parse_aggregate(aggregate).map_err(|e| e.at(".aggregate"))?
            }),
            _ => Err(form(FORM, value)),
        }
    }

    /// `"name"`, `["name", argument]` or `["name", [argument]]`.
    fn parse_aggregate(value: &Value) -> Result<Self> {
        let (name, arguments) = match value {
            Value::String(name) => (name, &[][..]),
            Value::Array(items) => match &items[..] {
                [Value::String(name)] => (name, &[][..]),
                [Value::String(name), Value::Array(arguments)] => (name, &arguments[..]),
                [Value::String(name), argument] => (name, std::slice::from_ref(argument)),
                _ => return Err(form("[aggregate, [argument]]", value)),
            },
            _ => return Err(form("an aggregate's name", value)),
        };
        let aggregate = Aggregate::parse(name)?;
        let plain = AggregateTerm { column: None, aggregate, operand: None };
        let expected = match aggregate.argument() {
            Argument::None => format!("\"{name}\" alone"),
            Argument::Column => format!("[\"{name}\", [column]]"),
            Argument::Fraction => format!("[\"{name}\", [a number from 0 to 1]]"),
        };
        let fraction = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
            number.and_then(Fraction::new)
        };
        match (aggregate.argument(), arguments) {
            (Argument::None, []) => Ok(plain),
            (Argument::Column, [Value::String(column)]) => {
                Ok(AggregateTerm { operand: Some(column.clone()), ..plain })
            }
            (Argument::Fraction, [value]) if fraction(value).is_some() => {
                let fraction = fraction(value).map(|fraction| aggregate.with_fraction(fraction));
                Ok(AggregateTerm { aggregate: fraction.unwrap_or(aggregate), ..plain })
            }
            _ => Err(form(&expected, value)),
        }
    }

    fn to_json(&self) -> Value {
        let name = self.aggregate.name();
        let aggregate = match (&self.operand, self.aggregate.fraction()) {
            (Some(operand), _) => json!([name, [operand]]),
            (None, Some(fraction)) => json!([name, [fraction.get()]]),
            (None, None) => json!(name),
        };
        match &self.column {
            Some(column) => json!({ "column": column, "aggregate": aggregate }),
            None => aggregate,
        }
    }
}

impl FilterOp {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FilterOp::And => "and",
            FilterOp::Or => "or",
        }
    }
}

impl FilterNode {
    fn to_json(&self) -> Value {
        match self {
            FilterNode::Term(term) => json!([term.column, term.operator, term.operand]),
            FilterNode::Joined(op, nodes) => {
                let nodes = nodes.iter().map(FilterNode::to_json).collect::<Vec<_>>();
                json!({ op.name(): nodes })
            }
            FilterNode::Not(node) => json!({ "not": node.to_json() }),
        }
    }
}

impl Direction {
    /// The direction of that name.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        let (columns, rest) = match name.strip_prefix("col ") {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let (nulls, rest) =
            match (rest.strip_suffix(" nulls first"), rest.strip_suffix(" nulls last")) {
                (Some(rest), _) => (Some(Nulls::First), rest),
                (_, Some(rest)) => (Some(Nulls::Last), rest),
                _ => (None, rest),
            };
        let (absolute, rest) = match rest.strip_suffix(" abs") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let descending = match rest {
            "asc" => false,
            "desc" => true,
            _ => {
                let known = ["asc", "desc", "asc abs", "desc abs"];
                let known = known
                    .into_iter()
                    .chain(["col asc", "col desc", "col asc abs", "col desc abs"])
                    .chain(["asc nulls last", "desc nulls first"]);
                return Err(Error::unknown(Kind::InvalidConfig, "sort direction", name, known));
            }
        };
        Ok(Direction { descending, absolute, columns, nulls })
    }

    /// Its name.
    pub fn name(self) -> String {
        let columns = if self.columns { "col " } else { "" };
        let way = if self.descending { "desc" } else { "asc" };
        let absolute = if self.absolute { " abs" } else { "" };
        let nulls = match self.nulls {
            None => "",
            Some(Nulls::First) => " nulls first",
            Some(Nulls::Last) => " nulls last",
        };
        format!("{columns}{way}{absolute}{nulls}")
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

/// Aggregates of columns, and expressions over aggregates: `{"expression": text}`.
type Aggregates = (Vec<(String, AggregateTerm)>, Vec<(String, String)>);

fn aggregates(value: &Value) -> Result<Aggregates> {
    let map = value.as_object().ok_or_else(|| form("an object of column: aggregate", value))?;
    let (mut terms, mut formulas) = (Vec::new(), Vec::new());
    for (name, term) in map {
        if let Some(text) = formula(term).map_err(|e| e.at(format!(".{name}")))? {
            formulas.push((name.clone(), text));
        } else {
            let term = AggregateTerm::parse(term).map_err(|e| e.at(format!(".{name}")))?;
            terms.push((name.clone(), term));
        }
    }
    Ok((terms, formulas))
}

/// The text of `{"expression": text}`; none where it is something else.
fn formula(term: &Value) -> Result<Option<String>> {
    let Some(text) = term.get("expression") else { return Ok(None) };
    let fields = term.as_object().into_iter().flat_map(Map::keys);
    if let Some(other) = fields.into_iter().find(|name| *name != "expression") {
        let message = format!("\"expression\" stands alone, beside it is \"{other}\"");
        let error = Error::new(Kind::InvalidConfig, message).at(format!(".{other}"));
        return Err(error.expected("{\"expression\": \"…\"}"));
    }
    let text = text.as_str().ok_or_else(|| form("an expression's text", text).at(".expression"))?;
    Ok(Some(text.to_owned()))
}

/// How deep conditions may be nested.
const MOST_NESTED: usize = 32;

fn filter_node(value: &Value, depth: usize) -> Result<FilterNode> {
    const FORM: &str = "[column, operator, operand], {\"and\": […]}, {\"or\": […]} or {\"not\": …}";
    if let Some([column, operator, rest @ ..]) = value.as_array().map(Vec::as_slice)
        && rest.len() <= 1
    {
        let operand = rest.first().unwrap_or(&Value::Null);
        return Ok(FilterNode::Term(term(column, operator, operand)?));
    }
    let fields: Vec<_> = value.as_object().into_iter().flatten().collect();
    let [(name, inner)] = fields[..] else { return Err(form(FORM, value)) };
    let Some(depth) = depth.checked_sub(1) else {
        let message = format!("nested more than {MOST_NESTED} deep");
        return Err(Error::new(Kind::InvalidConfig, message));
    };
    let joined = |op| {
        let nodes = list(inner, |node| filter_node(node, depth));
        Ok(FilterNode::Joined(op, nodes.map_err(|e| e.at(format!(".{name}")))?))
    };
    match name.as_str() {
        "and" => joined(FilterOp::And),
        "or" => joined(FilterOp::Or),
        "not" => {
            let node = filter_node(inner, depth).map_err(|e| e.at(".not"))?;
            Ok(FilterNode::Not(Box::new(node)))
        }
        _ => Err(form(FORM, value)),
    }
}

fn term(column: &Value, operator: &Value, operand: &Value) -> Result<FilterTerm> {
    let column = text(column).map_err(|e| e.at("[0]"))?;
    let operator =
        operator.as_str().ok_or_else(|| form("an operator's name", operator).at("[1]"))?;
    Ok(FilterTerm { column, operator: operator.to_owned(), operand: operand.clone() })
}

/// A term, or none where the direction is `none`.
fn sort_term(value: &Value) -> Result<Option<SortTerm>> {
    match value.as_array().map(Vec::as_slice) {
        Some([column, direction]) => {
            let column = text(column).map_err(|e| e.at("[0]"))?;
            let name =
                direction.as_str().ok_or_else(|| form("a direction", direction).at("[1]"))?;
            if name == "none" {
                return Ok(None);
            }
            let direction = Direction::parse(name).map_err(|e| e.at("[1]"))?;
            Ok(Some(SortTerm { column, direction }))
        }
        _ => Err(form("[column, direction]", value)),
    }
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
