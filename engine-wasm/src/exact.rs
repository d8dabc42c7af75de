//! Numbers read from their decimal digits, so that neither a large integer nor a decimal
//! fraction is bent by a float on the way.

/// A number among integers: the greatest integer not above it, and whether it is that
/// integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The greatest integer not above the number. What is beyond 128 bits becomes the
    /// least or the greatest of them.
    pub floor: i128,
    /// Whether the number is `floor`.
    pub exact: bool,
}

impl Bound {
    /// The least integer not below it.
    pub fn ceiling(self) -> i128 {
        self.floor.saturating_add(i128::from(!self.exact))
    }

    /// The number, where it is an integer.
    pub fn integer(self) -> Option<i128> {
        self.exact.then_some(self.floor)
    }
}

/// The number that `text` writes in decimal notation (`-12`, `0.5`, `1.5e-3`), times 10 to
/// the power of `scale`; none where it is no such text.
pub fn scaled(text: &str, scale: i32) -> Option<Bound> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mantissa = rest.iter().take_while(|b| !matches!(b, b'e' | b'E')).count();
    let (mantissa, exponent) = rest.split_at(mantissa);
    let exponent = match exponent.split_first() {
        Some((_, digits)) => exponent_of(digits)?,
        None => 0,
    };
    let whole = mantissa.iter().take_while(|b| **b != b'.').count();
    let point = i64::try_from(whole).ok()?.checked_add(exponent)?.checked_add(scale.into())?;
    let (mut magnitude, mut exact, mut beyond, mut place) = (0i128, true, false, 0i64);
    for (i, byte) in mantissa.iter().enumerate() {
        let digit = match byte {
            b'0'..=b'9' => i128::from(byte - b'0'),
            b'.' if i == whole => continue,
            _ => return None,
        };
        if place < point {
            match magnitude.checked_mul(10).and_then(|m| m.checked_add(digit)) {
                Some(next) => magnitude = next,
                None => beyond = true,
            }
        } else {
            exact &= digit == 0;
        }
        place += 1;
    }
    if place == 0 {
        return None;
    }
    while place < point && magnitude != 0 && !beyond {
        match magnitude.checked_mul(10) {
            Some(next) => magnitude = next,
            None => beyond = true,
        }
        place += 1;
    }
    let magnitude = if beyond { i128::MAX } else { magnitude };
    let floor = if negative { -magnitude - i128::from(!exact) } else { magnitude };
    Some(Bound { floor, exact: exact && !beyond })
}

/// An exponent; one that is out of all bounds becomes one that is out of ours.
fn exponent_of(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const FAR: i64 = 1 << 40;
    let value = digits.iter().fold(0i64, |n, b| (n * 10 + i64::from(b - b'0')).min(FAR));
    Some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(text: &str, scale: i32) -> (i128, i128) {
        let bound = scaled(text, scale).unwrap();
        (bound.floor, bound.ceiling())
    }

    #[test]
    fn digits_are_read_exactly() {
        assert_eq!(bounds("9007199254740993", 0), (9007199254740993, 9007199254740993));
        assert_eq!(bounds("170141183460469231731687303715884105727", 0).0, i128::MAX);
        assert_eq!(bounds("2.5", 0), (2, 3));
        assert_eq!(bounds("-2.5", 0), (-3, -2));
        assert_eq!(bounds("0.1", 2), (10, 10));
        assert_eq!(bounds("1.005", 2), (100, 101));
        assert_eq!(bounds("1e-7", 2), (0, 1));
        assert_eq!(bounds("1.50E+2", 0), (150, 150));
        assert_eq!(bounds("-0", 0), (0, 0));
        assert_eq!(bounds("1500", -2), (15, 15));
        assert_eq!(bounds(".5", 1), (5, 5));
        assert_eq!(bounds("0e999999999999999999999", 0), (0, 0));
    }

    #[test]
    fn what_is_beyond_128_bits_is_not_exact() {
        for text in ["1e300", "1e9999999999999999999", "170141183460469231731687303715884105728"] {
            let bound = scaled(text, 0).unwrap();
            assert_eq!((bound.floor, bound.integer()), (i128::MAX, None), "{text}");
        }
        assert_eq!(scaled("-1e40", 0).unwrap().floor, -i128::MAX);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "1.2.3", "1e", "1e+", "e5", "0x1", "1 ", "NaN", "１", "--1"] {
            assert_eq!(scaled(text, 0), None, "{text}");
        }
    }
}
