//! A window as an object of typed arrays, as `web/client/window_types.ts` describes it.

use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use crate::view::{CellBuffer, CellValues, Sample, State, Window};
use js_sys::{Array, Float64Array, Int32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

/// The window's cells, copied out of the engine's memory.
pub fn to_js(window: &Window) -> JsValue {
    let object = Object::new();
    set(&object, "start_row", &(window.rows.start as f64).into());
    set(&object, "end_row", &(window.rows.end as f64).into());
    set(&object, "start_col", &(window.columns.start as f64).into());
    set(&object, "end_col", &(window.columns.end as f64).into());
    set(&object, "table_rows", &(window.table_rows as f64).into());
    set(&object, "num_rows", &(window.num_rows as f64).into());
    set(&object, "num_columns", &(window.num_columns as f64).into());
    if let Some(path) = &window.row_path {
        let row_path = Object::new();
        let state: Vec<u8> = path.state.iter().copied().map(State::number).collect();
        set(&row_path, "depth", &Uint8Array::from(path.depth.as_slice()).into());
        set(&row_path, "state", &Uint8Array::from(state.as_slice()).into());
        let levels: Array = path.levels.iter().map(column).collect();
        set(&row_path, "levels", &levels.into());
        set(&object, "row_path", &row_path.into());
    }
    let names: Array = window.names.iter().map(|name| JsValue::from_str(name)).collect();
    set(&object, "names", &names.into());
    let columns: Array = window.cells.iter().map(column).collect();
    set(&object, "columns", &columns.into());
    if let Some(sample) = &window.sample {
        set(&object, "sample", &self::sample(sample));
    }
    object.into()
}

fn sample(sample: &Sample) -> JsValue {
    let object = Object::new();
    let rows: Vec<f64> = sample.rows.iter().map(|&row| row as f64).collect();
    set(&object, "rows", &Float64Array::from(rows.as_slice()).into());
    set(&object, "among", &(sample.among as f64).into());
    let ends = Reflect::get(&column(&sample.ends), &"values".into());
    set(&object, "ends", &ends.unwrap_or_default());
    object.into()
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a property of an object that was just made does not fail.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A column of cells, copied out of the engine's memory.
pub fn column(cells: &CellBuffer) -> JsValue {
    let object = Object::new();
    set(&object, "type", &cells.data_type().kind().name().into());
    let numbers = |values: &mut dyn Iterator<Item = f64>| -> JsValue {
        let values: Vec<f64> = values.collect();
        Float64Array::from(values.as_slice()).into()
    };
    match cells.values() {
        CellValues::Text { places, dictionary } => {
            let codes: Vec<i32> = places
                .iter()
                .enumerate()
                .map(|(i, &place)| if cells.is_null(i) { -1 } else { place as i32 })
                .collect();
            set(&object, "codes", &Int32Array::from(codes.as_slice()).into());
            let dictionary: Array = dictionary.iter().map(|text| JsValue::from_str(text)).collect();
            set(&object, "dictionary", &dictionary.into());
            return object.into();
        }
        CellValues::Bool(values) => {
            let values: Vec<u8> = values.iter().map(|&x| x.into()).collect();
            set(&object, "values", &Uint8Array::from(values.as_slice()).into());
        }
        CellValues::Int(values) => {
            let scale = milliseconds(cells.data_type());
            let values = numbers(&mut values.iter().map(|&x| scale(x)));
            set(&object, "values", &values);
        }
        CellValues::UInt(values) => {
            set(&object, "values", &numbers(&mut values.iter().map(|&x| x as f64)));
        }
        CellValues::Float(values) => {
            set(&object, "values", &Float64Array::from(values.as_slice()).into());
        }
        CellValues::Decimal(values) => {
            let scale = match cells.data_type() {
                DataType::Decimal { scale, .. } => 10f64.powi((*scale).into()),
                _ => 1.0,
            };
            set(&object, "values", &numbers(&mut values.iter().map(|&x| x as f64 / scale)));
        }
    }
    if cells.has_nulls() {
        let valid: Vec<u8> = (0..cells.len()).map(|i| (!cells.is_null(i)).into()).collect();
        set(&object, "valid", &Uint8Array::from(valid.as_slice()).into());
    }
    object.into()
}

/// What an integer of the type is in JavaScript: a time becomes milliseconds.
fn milliseconds(data_type: &DataType) -> Box<dyn Fn(i64) -> f64> {
    match data_type {
        DataType::Date => Box::new(|days| days as f64 * 86_400_000.0),
        DataType::Timestamp { unit, .. } => match ticks_per_second(*unit) {
            1 => Box::new(|ticks| ticks as f64 * 1000.0),
            1_000 => Box::new(|ticks| ticks as f64),
            per_second => {
                let per_millisecond = per_second / 1_000;
                Box::new(move |ticks| {
                    let whole = ticks.div_euclid(per_millisecond) as f64;
                    whole + ticks.rem_euclid(per_millisecond) as f64 / per_millisecond as f64
                })
            }
        },
        _ => Box::new(|x| x as f64),
    }
}
