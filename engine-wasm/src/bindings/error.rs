//! Errors as JavaScript `Error`s named `MillraceError`, with their fields.

use crate::error::Error;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A result whose error is thrown.
pub type JsResult<T> = Result<T, JsValue>;

/// The error as what is thrown.
pub fn thrown(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    js.set_name("MillraceError");
    let set = |name: &str, value: &str| {
        // Setting a property of an object that was just made does not fail.
        let _ = Reflect::set(&js, &name.into(), &value.into());
    };
    set("kind", error.kind.name());
    if let Some(place) = &error.place {
        set("where", place);
    }
    if let Some(expected) = &error.expected {
        set("expected", expected);
    }
    js.into()
}
