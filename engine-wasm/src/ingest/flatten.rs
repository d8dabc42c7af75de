//! Structs become columns `a.b`, to any depth: a table's columns are flat.

use super::convert::adopt;
use crate::error::Result;
use crate::schema::Field;
use crate::table::ListFlatten;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as ArrowType, FieldRef, Fields, Schema as ArrowSchema};

/// A column that is no struct, out of a batch.
pub struct Leaf {
    /// The names on the way to it, joined by dots.
    pub name: String,
    /// Its values.
    pub array: ArrayRef,
    /// Nulls of the structs around it, which make its own values null.
    pub nulls: Option<NullBuffer>,
}

/// The columns of a table for data of `schema`, of whose lists `lists` is made.
///
/// # Errors
/// Where a type is one that the engine does not take.
pub fn flatten_schema(schema: &ArrowSchema, lists: ListFlatten) -> Result<Vec<Field>> {
    fn walk(prefix: &str, fields: &Fields, lists: ListFlatten, out: &mut Vec<Field>) -> Result<()> {
        for field in fields {
            let name = join(prefix, field);
            match field.data_type() {
                ArrowType::Struct(children) => walk(&name, children, lists, out)?,
                other => {
                    let other = match lists {
                        ListFlatten::Stringify => other,
                        _ => value_type(other),
                    };
                    let data_type = adopt(other).map_err(|e| e.at(format!("column \"{name}\"")))?;
                    out.push(Field { name, data_type });
                }
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    walk("", schema.fields(), lists, &mut out)?;
    Ok(out)
}

/// The type of the values in a list; of what is no list, its own.
fn value_type(arrow: &ArrowType) -> &ArrowType {
    use ArrowType::*;
    match arrow {
        List(item)
        | LargeList(item)
        | ListView(item)
        | LargeListView(item)
        | FixedSizeList(item, _) => item.data_type(),
        other => other,
    }
}

/// The columns of `batch`, those of structs one by one.
pub fn flatten_batch(batch: &RecordBatch) -> Vec<Leaf> {
    fn walk(name: String, array: &ArrayRef, nulls: Option<NullBuffer>, out: &mut Vec<Leaf>) {
        let Some(structs) = array.as_struct_opt() else {
            out.push(Leaf { name, array: array.clone(), nulls });
            return;
        };
        let nulls = NullBuffer::union(nulls.as_ref(), structs.nulls());
        for (field, child) in structs.fields().iter().zip(structs.columns()) {
            walk(join(&name, field), child, nulls.clone(), out);
        }
    }
    let mut out = Vec::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        walk(field.name().clone(), array, None, &mut out);
    }
    out
}

fn join(prefix: &str, field: &FieldRef) -> String {
    if prefix.is_empty() { field.name().clone() } else { format!("{prefix}.{}", field.name()) }
}
