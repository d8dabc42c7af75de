//! What is wrong with a view's expressions and windows, without making them.

use super::super::Table;
use crate::error::{Error, Kind, Result};
use crate::expr::{self, ExprResult};
use crate::over::Over;
use crate::schema::{DataType, Field, Schema};

/// The types of a view's columns, or what is wrong with them, as they came.
#[derive(Debug)]
pub struct Validated {
    /// Of each expression.
    pub expressions: Vec<(String, ExprResult<DataType>)>,
    /// Of each window.
    pub windows: Vec<(String, Result<DataType>)>,
}

impl Table {
    /// Says of the expressions and windows of a view, which may use one another, which types
    /// their values have, or what is wrong with them.
    pub fn validate(
        &self,
        expressions: &[(String, String)],
        windows: &[(String, Over)],
    ) -> Validated {
        let named = |window| self.check_names(expressions, std::slice::from_ref(window));
        let mut errors: Vec<Option<Error>> = windows.iter().map(|w| named(w).err()).collect();
        let mut waiting: Vec<usize> = (0..windows.len()).filter(|&i| errors[i].is_none()).collect();
        let mut types: Vec<Option<DataType>> = vec![None; windows.len()];
        loop {
            let found = windows.iter().zip(&types).filter_map(|((name, _), found)| {
                Some(Field { name: name.clone(), data_type: found.clone()? })
            });
            let fields: Vec<Field> = self.schema().fields().iter().cloned().chain(found).collect();
            let broken = windows.iter().zip(&types).filter(|(_, found)| found.is_none());
            let broken: Vec<&str> = broken.map(|((name, _), _)| name.as_str()).collect();
            let schema = Schema::new(fields).unwrap_or_else(|_| self.schema().clone());
            let checked = expr::validate(expressions, &schema, self.key_columns(), &broken);
            let before = waiting.len();
            waiting.retain(|&i| {
                let over = &windows[i].1;
                match type_of(over, self.key_columns(), &schema, &checked, &broken) {
                    Ok(data_type) => types[i] = Some(data_type),
                    Err(error) => errors[i] = Some(error),
                }
                types[i].is_none()
            });
            if waiting.len() == before {
                let found = windows.iter().zip(types).zip(errors);
                let found = found.map(|(((name, _), data_type), error)| {
                    let unknown = || error.unwrap_or_else(|| is_broken(name));
                    (name.clone(), data_type.ok_or_else(unknown))
                });
                return Validated { expressions: checked, windows: found.collect() };
            }
        }
    }
}

/// The type of a window over the columns of `schema` and the expressions that were `checked`.
fn type_of(
    over: &Over,
    keys: &[usize],
    schema: &Schema,
    checked: &[(String, ExprResult<DataType>)],
    broken: &[&str],
) -> Result<DataType> {
    let find = |name: &str| {
        if let Some(number) = schema.index_of(name) {
            return Ok((number, &schema.fields()[number].data_type));
        }
        match checked.iter().position(|(known, _)| known == name) {
            Some(place) => match &checked[place].1 {
                Ok(data_type) => Ok((schema.fields().len() + place, data_type)),
                Err(_) => Err(is_broken(name)),
            },
            None if broken.contains(&name) => Err(is_broken(name)),
            None => {
                let own = schema.fields().iter().map(|field| field.name.as_str());
                let names = own.chain(checked.iter().map(|(name, _)| name.as_str()));
                Err(Error::unknown(Kind::UnknownColumn, "column", name, names))
            }
        }
    };
    over.resolve(find, keys).map(|resolved| resolved.data_type)
}

fn is_broken(name: &str) -> Error {
    let message = format!("\"{name}\" has an error of its own, or uses this window");
    Error::new(Kind::InvalidConfig, message)
}
