//! What an expression yields, in the width of its column.

use super::vector::{Data, Mask, Vector};
use crate::schema::DataType;
use crate::table::{Incoming, Interner, Nulls, Values};

/// Takes the vectors of a batch, chunk by chunk.
pub(super) struct Finish<'s> {
    values: Values,
    nulls: Nulls,
    rows: usize,
    strings: Option<&'s mut Interner>,
}

impl<'s> Finish<'s> {
    pub fn new(data_type: &DataType, rows: usize, strings: Option<&'s mut Interner>) -> Self {
        let mut values = match data_type {
            DataType::String => Values::C32(Vec::new()),
            other => Values::new(other),
        };
        values.reserve(rows);
        Finish { values, nulls: Nulls::default(), rows: 0, strings }
    }

    /// Appends the values of a chunk of `rows` rows, each of which fits the type.
    pub fn take(&mut self, vector: &Vector<'_>, rows: usize) {
        let constant = vector.constant;
        match (&mut self.values, &vector.data) {
            (Values::Bool(to), Data::Bool(from)) => extend(to, from, rows, constant, |x| x),
            (Values::I8(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as i8),
            (Values::I16(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as i16),
            (Values::I32(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as i32),
            (Values::I64(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x),
            (Values::U8(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as u8),
            (Values::U16(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as u16),
            (Values::U32(to), Data::Int(from)) => extend(to, from, rows, constant, |x| x as u32),
            (Values::U64(to), Data::Decimal(from)) => {
                extend(to, from, rows, constant, |x| x as u64);
            }
            (Values::F32(to), Data::Float(from)) => extend(to, from, rows, constant, |x| x as f32),
            (Values::F64(to), Data::Float(from)) => extend(to, from, rows, constant, |x| x),
            (Values::I128(to), Data::Decimal(from)) => extend(to, from, rows, constant, |x| x),
            (Values::C32(to), Data::Text(from)) => {
                let Some(strings) = &mut self.strings else {
                    unreachable!("an expression of type string has an interner")
                };
                const NONE: u32 = u32::MAX;
                let mut interned = vec![NONE; from.pool.len()];
                for row in 0..rows {
                    let row = if constant { 0 } else { row };
                    if vector.nulls.contains(row) {
                        to.push(0);
                        continue;
                    }
                    let code = from.codes[row] as usize;
                    if interned[code] == NONE {
                        interned[code] = strings.intern(&from.pool[code]);
                    }
                    to.push(interned[code]);
                }
            }
            _ => unreachable!("the values are of the class of their type"),
        }
        self.take_nulls(&vector.nulls, rows, constant);
        self.rows += rows;
    }

    fn take_nulls(&mut self, nulls: &Mask, rows: usize, constant: bool) {
        if !nulls.is_empty() {
            let null = (0..rows).filter(|row| nulls.contains(if constant { 0 } else { *row }));
            null.for_each(|row| self.nulls.set(self.rows + row));
        }
    }

    pub fn done(self) -> Incoming {
        Incoming::new(self.values, self.nulls)
    }
}

fn extend<T: Copy, U: Clone>(
    to: &mut Vec<U>,
    from: &[T],
    rows: usize,
    constant: bool,
    narrow: impl Fn(T) -> U,
) {
    match constant {
        true => to.resize(to.len() + rows, narrow(from[0])),
        false => to.extend(from.iter().map(|x| narrow(*x))),
    }
}
