//! How deep a JSON text is nested, without parsing it.

/// The deepest nesting of arrays and objects in a JSON text.
pub(crate) fn of(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    #[test]
    fn brackets_in_strings_do_not_count() {
        assert_eq!(super::of(br#"{"a":"[[[[\"[[","b":[[1]]}"#), 3);
        assert_eq!(super::of(b"1"), 0);
        assert_eq!(super::of("[".repeat(200).as_bytes()), 200);
    }
}
