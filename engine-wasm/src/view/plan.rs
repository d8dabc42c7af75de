//! From a config to what a view does: names become columns, and types are checked.

use super::config::{AggregateTerm, Direction, FilterOp, GroupRollup, SplitRollup, ViewConfig};
use super::distinct;
use super::filter::Filter;
use super::formula::{Formula, Formulas};
use super::having::Having;
use super::limits::{LimitBy, group_limits};
use super::scope::Scope;
use super::slots::{ColumnAggregate, Measure};
use crate::aggregate::Aggregate;
use crate::error::{Error, Kind, Result};
use crate::expr::{AggregateCall, AggregateRef, OverAggregates, compile_over_aggregates};
use crate::schema::DataType;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// The expressions over aggregates that measures name.
    pub formulas: Formulas,
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
        if let (true, Some((name, _))) = (flat, config.formulas.first()) {
            let error = Error::new(Kind::InvalidConfig, "a view without groups has no aggregates");
            let place = format!("aggregates[{name:?}].expression");
            return Err(error.expected("group_by, or expressions in place of it").at(place));
        }
        let names = Names { config, innermost, scope };
        let (formulas, formula_numbers) = names.formulas()?;
        let measure = |name: &str| -> Result<Measure> {
            match formula_numbers.get(name) {
                Some(&number) => Ok(formula(&formulas, number)),
                None => names.aggregate(name).map(Measure::Of),
            }
        };
        // Of a flat view, the type of the column itself.
        let type_of = |measure: Measure| match measure {
            Measure::Of(of) if flat => Ok(table.columns()[of.column].data_type().clone()),
            Measure::Of(of) => of.result_type(table),
            Measure::Formula(number, _) => Ok(formulas[number].expression.data_type.clone()),
        };

        let columns: Vec<String> = match &config.columns {
            Some(columns) => columns.clone(),
            None => {
                let named = names.own().filter(|name| scope.find(name).is_none());
                scope.names().chain(named).map(str::to_owned).collect()
            }
        };
        let (mut measures, mut shown) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        for (i, name) in columns.into_iter().enumerate() {
            let measure = measure(&name).map_err(|e| e.at(format!("columns[{i}]")))?;
            if !seen.insert(name.clone()) {
                let message = format!("column \"{name}\" is there twice");
                return Err(Error::new(Kind::InvalidConfig, message)
                    .expected("each column once; aggregates can give it other names")
                    .at(format!("columns[{i}]")));
            }
            measures.push(measure);
            shown.push((name, type_of(measure)?));
        }

        let (mut row_sort, mut column_sort) = (Vec::new(), Vec::new());
        for (i, term) in config.sort.iter().enumerate() {
            let measure = measure(&term.column).map_err(|e| e.at(format!("sort[{i}][0]")))?;
            // What has no sign, a time for example, is its own absolute value.
            let absolute = term.direction.absolute && type_of(measure)?.is_numeric();
            let into = if term.direction.columns { &mut column_sort } else { &mut row_sort };
            into.push((measure, Direction { absolute, ..term.direction }));
        }

        let having = Having::new(&config.having, FilterOp::And, &|name| {
            let measure = measure(name)?;
            Ok((measure, type_of(measure)?))
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
            formulas,
            row_sort,
            column_sort,
            depth: config.group_by_depth.map(|depth| depth as usize),
            shown,
        })
    }

    /// The columns by whose values rows have their places in the view.
    pub fn placed_by(&self) -> Vec<usize> {
        let mut columns = self.filter.columns();
        columns.extend(self.group_by.iter().chain(&self.split_by));
        columns.extend(self.limit_by.iter().flat_map(|(_, columns)| columns));
        let mut measures: Vec<Measure> = self.row_sort.iter().map(|(m, _)| *m).collect();
        measures.extend(self.column_sort.iter().map(|(m, _)| *m));
        if !self.is_flat() || self.distinct {
            measures.extend(&self.measures);
            if let Some(having) = &self.having {
                having.for_each(&mut |measure| measures.push(*measure));
            }
        }
        measures.extend(self.formulas.iter().flat_map(|formula| &formula.reads));
        let aggregates = measures.iter().filter_map(|measure| measure.of());
        columns.extend(aggregates.flat_map(|of| [Some(of.column), of.operand]).flatten());
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The columns whose values are shown as they are, and that rows are not placed by.
    pub fn only_shown(&self) -> Vec<usize> {
        let placed_by = self.placed_by();
        let aggregates = self.measures.iter().filter_map(|measure| measure.of());
        let mut columns: Vec<usize> = aggregates.map(|of| of.column).collect();
        columns.retain(|column| self.is_flat() && !placed_by.contains(column));
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether the view's rows are the table's.
    pub fn is_flat(&self) -> bool {
        self.group_by.is_empty() && self.rollup != GroupRollup::Total
    }
}

/// What names stand for in a view whose innermost groups are by the values of `innermost`.
struct Names<'a> {
    config: &'a ViewConfig,
    innermost: Option<usize>,
    scope: &'a Scope<'a>,
}

impl<'a> Names<'a> {
    /// The names that the config gives, of aggregates and of expressions over them.
    fn own(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let aggregates = self.config.aggregates.iter().map(|(name, _)| name.as_str());
        aggregates.chain(self.config.formulas.iter().map(|(name, _)| name.as_str()))
    }

    /// The aggregate that is shown under a name which is not an expression's.
    fn aggregate(&self, name: &str) -> Result<ColumnAggregate> {
        let Names { config, innermost, scope } = *self;
        if let Some((_, term)) = config.aggregates.iter().find(|(known, _)| known == name) {
            return measure_of(name, term, innermost, scope);
        }
        let column = scope.find(name).ok_or_else(|| {
            let known = scope.names().chain(self.own());
            Error::unknown(Kind::UnknownColumn, "column", name, known)
        })?;
        let aggregate = Aggregate::default_for(scope.table.columns()[column].data_type());
        Ok(ColumnAggregate { column, operand: None, aggregate })
    }

    /// Whether [`aggregate`](Names::aggregate) knows the name.
    fn is_known(&self, name: &str) -> bool {
        let named = self.config.aggregates.iter().any(|(known, _)| known == name);
        named || self.scope.find(name).is_some()
    }

    /// The expressions over aggregates, each behind those that it reads, and their numbers.
    fn formulas(&self) -> Result<(Formulas, FxHashMap<String, usize>)> {
        for (name, _) in &self.config.formulas {
            if self.scope.find(name).is_some() {
                let message = format!("\"{name}\" is a column of the table already");
                let error = Error::new(Kind::InvalidConfig, message).expected("another name");
                return Err(error.at(format!("aggregates[{name:?}].expression")));
            }
        }
        let known = self.scope.names().chain(self.own()).collect();
        let mut resolve = |read: &AggregateRef| match read {
            AggregateRef::Named(name) if !self.is_known(name) => Ok(None),
            read => self.read(read)?.result_type(self.scope.table).map(Some),
        };
        let compiled = compile_over_aggregates(&self.config.formulas, known, &mut resolve)?;
        let (mut formulas, mut numbers) = (Vec::new(), FxHashMap::default());
        for OverAggregates { expression, reads } in compiled {
            let reads = reads.iter().map(|read| match read {
                AggregateRef::Other(number) => Ok(formula(&formulas, *number)),
                read => self.read(read).map(Measure::Of),
            });
            let reads = reads.collect::<Result<_>>()?;
            numbers.insert(expression.name.clone(), formulas.len());
            formulas.push(Formula { expression, reads });
        }
        Ok((formulas.into(), numbers))
    }

    /// The aggregate that an expression reads.
    fn read(&self, read: &AggregateRef) -> Result<ColumnAggregate> {
        let aggregate = match read {
            AggregateRef::Named(name) => self.aggregate(name)?,
            AggregateRef::Call(AggregateCall { aggregate, column, operand }) => {
                let (aggregate, operand) = (*aggregate, operand.clone());
                let term = AggregateTerm { column: None, aggregate, operand };
                measure_of(column, &term, self.innermost, self.scope)?
            }
            AggregateRef::Other(_) => unreachable!("another expression is no aggregate"),
        };
        if aggregate.aggregate.is_share() {
            let name = aggregate.aggregate.name();
            let message = format!("\"{name}\" changes with other groups, and is not computed with");
            return Err(Error::new(Kind::Unsupported, message));
        }
        Ok(aggregate)
    }
}

/// The measure that a formula is.
fn formula(formulas: &[Formula], number: usize) -> Measure {
    Measure::Formula(number, formulas[number].expression.data_type == DataType::String)
}

/// What the config's aggregate `term` of that name computes, in a view whose innermost groups
/// are by the values of `innermost`.
fn measure_of(
    name: &str,
    term: &AggregateTerm,
    innermost: Option<usize>,
    scope: &Scope<'_>,
) -> Result<ColumnAggregate> {
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
    let measure = ColumnAggregate { column, operand: None, aggregate: term.aggregate };
    match (&term.operand, term.aggregate, innermost) {
        (Some(operand), aggregate, _) => {
            let operand = scope.column(operand)?;
            aggregate.check_operand(type_of(operand))?;
            Ok(ColumnAggregate { operand: Some(operand), ..measure })
        }
        // Nothing to net by: all is netted.
        (None, Aggregate::Gmv, None) => {
            Ok(ColumnAggregate { aggregate: Aggregate::AbsSum, ..measure })
        }
        (None, Aggregate::Gmv, innermost) => Ok(ColumnAggregate { operand: innermost, ..measure }),
        // Of rows that have keys the last one is that with the greatest.
        (None, Aggregate::LastByIndex, _) => match scope.table.key_columns().first() {
            Some(&key) => {
                Ok(ColumnAggregate { operand: Some(key), aggregate: Aggregate::LastBy, ..measure })
            }
            None => Ok(measure),
        },
        _ => Ok(measure),
    }
}
