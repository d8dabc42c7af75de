//! The names of functions and constants.

/// Names of constants.
pub(super) const CONSTANTS: [&str; 5] = ["pi", "e", "infinity", "inf", "nan"];

/// The constant called `name`.
pub(super) fn constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    })
}

/// Functions: the name, and the fewest and the most arguments.
const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("abs", 1, 1),
    ("acos", 1, 1),
    ("asin", 1, 1),
    ("atan", 1, 1),
    ("atan2", 2, 2),
    ("boolean", 1, 1),
    ("bucket", 2, 3),
    ("cbrt", 1, 1),
    ("ceil", 1, 2),
    ("clamp", 3, 3),
    ("coalesce", 1, MANY),
    ("col", 1, 1),
    ("concat", 1, MANY),
    ("contains", 2, 2),
    ("cos", 1, 1),
    ("cosh", 1, 1),
    ("date", 1, 3),
    ("date_add", 3, 4),
    ("date_diff", 3, 4),
    ("date_part", 2, 3),
    ("date_trunc", 2, 3),
    ("datetime", 1, 1),
    ("day", 1, 2),
    ("day_of_week", 1, 2),
    ("day_of_year", 1, 2),
    ("deg2rad", 1, 1),
    ("e", 0, 0),
    ("ends_with", 2, 2),
    ("exp", 1, 1),
    ("expm1", 1, 1),
    ("float", 1, 1),
    ("floor", 1, 2),
    ("greatest", 1, MANY),
    ("hour", 1, 2),
    ("hour_of_day", 1, 2),
    ("hypot", 2, 2),
    ("index", 0, 0),
    ("indexof", 2, 2),
    ("inrange", 3, 3),
    ("integer", 1, 1),
    ("intern", 1, 1),
    ("is_not_null", 1, 1),
    ("is_null", 1, 1),
    ("least", 1, MANY),
    ("left", 2, 2),
    ("length", 1, 1),
    ("ln", 1, 1),
    ("log", 1, 2),
    ("log10", 1, 1),
    ("log1p", 1, 1),
    ("log2", 1, 1),
    ("lower", 1, 1),
    ("lpad", 2, 3),
    ("ltrim", 1, 2),
    ("match", 2, 2),
    ("match_all", 2, 2),
    ("max", 1, MANY),
    ("min", 1, MANY),
    ("minute", 1, 2),
    ("mod", 2, 2),
    ("month", 1, 2),
    ("month_of_year", 1, 2),
    ("now", 0, 0),
    ("nullif", 2, 2),
    ("order", 2, MANY),
    ("percent_of", 2, 2),
    ("pi", 0, 0),
    ("pow", 2, 2),
    ("quarter", 1, 2),
    ("rad2deg", 1, 1),
    ("random", 0, 0),
    ("regexp_replace", 3, 3),
    ("repeat", 2, 2),
    ("replace", 3, 3),
    ("replace_all", 3, 3),
    ("reverse", 1, 1),
    ("right", 2, 2),
    ("round", 1, 2),
    ("rpad", 2, 3),
    ("rtrim", 1, 2),
    ("search", 2, 2),
    ("second", 1, 2),
    ("sign", 1, 1),
    ("sin", 1, 1),
    ("sinh", 1, 1),
    ("split_part", 3, 3),
    ("sqrt", 1, 1),
    ("starts_with", 2, 2),
    ("strftime", 2, 3),
    ("string", 1, 1),
    ("substring", 2, 3),
    ("tan", 1, 1),
    ("tanh", 1, 1),
    ("to_timezone", 2, 2),
    ("today", 0, 1),
    ("trim", 1, 2),
    ("trunc", 1, 2),
    ("upper", 1, 1),
    ("vlookup", 2, MANY),
    ("week", 1, 2),
    ("year", 1, 2),
];

/// The names of all functions.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, ..)| *name)
}

/// The function of that name or synonym: its name, and the fewest and the most arguments.
pub(super) fn function(name: &str) -> Option<(&'static str, usize, usize)> {
    let known = |name: &str| FUNCTIONS.iter().find(|(known, ..)| *known == name).copied();
    let synonym = || SYNONYMS.iter().find(|(synonym, _)| *synonym == name);
    known(name).or_else(|| known(synonym()?.1))
}

/// As many arguments as the text has room for.
pub(super) const MANY: usize = usize::MAX;

/// Other names of functions.
const SYNONYMS: &[(&str, &str)] = &[
    ("ceiling", "ceil"),
    ("char_length", "length"),
    ("degrees", "rad2deg"),
    ("logn", "log"),
    ("power", "pow"),
    ("position", "indexof"),
    ("radians", "deg2rad"),
    ("sgn", "sign"),
    ("strpos", "indexof"),
    ("substr", "substring"),
    ("to_boolean", "boolean"),
    ("to_float", "float"),
    ("to_integer", "integer"),
    ("to_string", "string"),
];
