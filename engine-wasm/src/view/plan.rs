//! From a config to what a view does: names become columns, and types are checked.

use super::config::{AggregateTerm, Direction, FilterOp, GroupRollup, SplitRollup, ViewConfig};
use super::distinct;
use super::filter::Filter;
use super::having::Having;
use super::limits::{LimitBy, group_limits};
use super::scope::Scope;
use super::slots::Measure;
use crate::aggregate::Aggregate;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use rustc_hash::FxHashSet;

/// The most levels of rows or columns.
const MOST_LEVELS: usize = 32;

/// What a view does, in terms of its table's columns.
#[derive(Debug)]
pub struct Plan {
    /// Which rows take part.
    pub filter: Filter,
    /// Columns that make row groups.
    pub group_by: Vec<usize>,
    /// Columns that make column groups.
    pub split_by: Vec<usize>,
    /// Whether column groups of all levels are shown.
    pub split_rollup: bool,
    /// What is shown, one a column; of a flat view only the column counts.
    pub measures: Vec<Measure>,
    /// Which groups have rows.
    pub rollup: GroupRollup,
    /// Whether each combination of what is shown has one row.
    pub distinct: bool,
    /// How many groups have rows in each group of a level; none where all have.
    pub group_limits: Vec<Option<u64>>,
    /// How many rows are shown of each combination of the values of some columns.
    pub limit_by: Option<(u64, Vec<usize>)>,
    /// Which groups are shown.
    pub having: Option<Having<Measure>>,
    /// What rows are sorted by; of a flat view only the column counts.
    pub row_sort: Vec<(Measure, Direction)>,
    /// What column groups are sorted by.
    pub column_sort: Vec<(Measure, Direction)>,
    /// To what level groups are shown at first; all, where absent.
    pub depth: Option<usize>,
    /// The names of what is shown, and the types of the values.
    pub shown: Vec<(String, DataType)>,
}

impl Plan {
    /// The plan of `config` for `table`.
    ///
    /// # Errors
    /// For unknown columns, operators, operands and aggregates that do not fit, each with
    /// its place in the config.
    pub fn new(config: &ViewConfig, scope: &Scope<'_>) -> Result<Self> {
        let table = scope.table;
        let levels = |names: &[String], field: &str| -> Result<Vec<usize>> {
            if names.len() > MOST_LEVELS {
                let message = format!("{} levels", names.len());
                let error = Error::new(Kind::InvalidConfig, message);
                return Err(error.expected(format!("at most {MOST_LEVELS}")).at(field));
            }
            let each = names.iter().enumerate();
            each.map(|(i, n)| scope.column(n).map_err(|e| e.at(format!("{field}[{i}]")))).collect()
        };
        let group_by = levels(&config.group_by, "group_by")?;
        let split_by = levels(&config.split_by, "split_by")?;
        let rollup = config.group_rollup_mode;
        if rollup == GroupRollup::Total && !group_by.is_empty() {
            let error = Error::new(Kind::InvalidConfig, "the total alone has no groups");
            return Err(error.expected("no group_by, or another mode").at("group_rollup_mode"));
        }
        let flat = group_by.is_empty() && rollup != GroupRollup::Total;
        distinct::check(config)?;
        let limit_by = match &config.limit_by {
            Some(LimitBy { limit, columns }) => {
                LimitBy::check(config)?;
                Some((*limit, levels(columns, "limit_by.columns")?))
            }
            None => None,
        };

        let innermost = group_by.last().copied();
        for (name, term) in &config.aggregates {
            measure_of(name, term, innermost, scope)
                .map_err(|e| e.at(format!("aggregates.{name}")))?;
        }
        let measure = |name: &str| -> Result<Measure> {
            if let Some((_, term)) = config.aggregates.iter().find(|(known, _)| known == name) {
                return measure_of(name, term, innermost, scope);
            }
            let column = scope.find(name).ok_or_else(|| {
                let named = config.aggregates.iter().map(|(name, _)| name.as_str());
                Error::unknown(Kind::UnknownColumn, "column", name, scope.names().chain(named))
            })?;
            let aggregate = Aggregate::default_for(table.columns()[column].data_type());
            Ok(Measure { column, operand: None, aggregate })
        };

        let names: Vec<String> = match &config.columns {
            Some(names) => names.clone(),
            None => {
                let named = config.aggregates.iter().map(|(name, _)| name.as_str());
                let named = named.filter(|name| scope.find(name).is_none());
                scope.names().chain(named).map(str::to_owned).collect()
            }
        };
        let (mut measures, mut shown) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        for (i, name) in names.into_iter().enumerate() {
            let measure = measure(&name).map_err(|e| e.at(format!("columns[{i}]")))?;
            if !seen.insert(name.clone()) {
                let message = format!("column \"{name}\" is there twice");
                return Err(Error::new(Kind::InvalidConfig, message)
                    .expected("each column once; aggregates can give it other names")
                    .at(format!("columns[{i}]")));
            }
            let data_type = match flat {
                true => table.columns()[measure.column].data_type().clone(),
                false => measure.result_type(table)?,
            };
            measures.push(measure);
            shown.push((name, data_type));
        }

        let (mut row_sort, mut column_sort) = (Vec::new(), Vec::new());
        for (i, term) in config.sort.iter().enumerate() {
            let measure = measure(&term.column).map_err(|e| e.at(format!("sort[{i}][0]")))?;
            let sorted_by = match flat {
                true => table.columns()[measure.column].data_type().clone(),
                false => measure.result_type(table)?,
            };
            // What has no sign, a time for example, is its own absolute value.
            let absolute = term.direction.absolute && sorted_by.is_numeric();
            let into = if term.direction.columns { &mut column_sort } else { &mut row_sort };
            into.push((measure, Direction { absolute, ..term.direction }));
        }

        let having = Having::new(&config.having, FilterOp::And, &|name| {
            let measure = measure(name)?;
            Ok((measure, measure.result_type(table)?))
        });
        let having = having.map_err(|e| e.at("having"))?;
        if flat && having.is_some() {
            let error = Error::new(Kind::InvalidConfig, "a view without groups has no aggregates");
            return Err(error.expected("group_by, or filter in place of it").at("having"));
        }
        if config.distinct {
            distinct::check_columns(&measures, &row_sort, config)?;
        }

        Ok(Plan {
            rollup,
            distinct: config.distinct,
            group_limits: group_limits(config)?,
            limit_by,
            having,
            filter: Filter::new(&config.filter, config.filter_op, scope)?,
            group_by,
            split_by,
            split_rollup: config.split_rollup_mode == SplitRollup::Rollup,
            measures,
            row_sort,
            column_sort,
            depth: config.group_by_depth.map(|depth| depth as usize),
            shown,
        })
    }

    /// Whether the view's rows are the table's.
    pub fn is_flat(&self) -> bool {
        self.group_by.is_empty() && self.rollup != GroupRollup::Total
    }
}

/// What the config's aggregate `term` of that name computes, in a view whose innermost groups
/// are by the values of `innermost`.
fn measure_of(
    name: &str,
    term: &AggregateTerm,
    innermost: Option<usize>,
    scope: &Scope<'_>,
) -> Result<Measure> {
    let column = match &term.column {
        Some(column) if column != name && scope.find(name).is_some() => {
            let message = format!("\"{name}\" is a column of the table already");
            return Err(Error::new(Kind::InvalidConfig, message).expected("another name"));
        }
        Some(column) => scope.column(column).map_err(|e| e.at(".column"))?,
        None => scope.column(name)?,
    };
    let type_of = |column: usize| scope.table.columns()[column].data_type();
    term.aggregate.result_type(type_of(column))?;
    let measure = Measure { column, operand: None, aggregate: term.aggregate };
    match (&term.operand, term.aggregate, innermost) {
        (Some(operand), aggregate, _) => {
            let operand = scope.column(operand)?;
            aggregate.check_operand(type_of(operand))?;
            Ok(Measure { operand: Some(operand), ..measure })
        }
        // Nothing to net by: all is netted.
        (None, Aggregate::Gmv, None) => Ok(Measure { aggregate: Aggregate::AbsSum, ..measure }),
        (None, Aggregate::Gmv, innermost) => Ok(Measure { operand: innermost, ..measure }),
        // Of rows that have keys the last one is that with the greatest.
        (None, Aggregate::LastByIndex, _) => match scope.table.key_columns().first() {
            Some(&key) => {
                Ok(Measure { operand: Some(key), aggregate: Aggregate::LastBy, ..measure })
            }
            None => Ok(measure),
        },
        _ => Ok(measure),
    }
}
