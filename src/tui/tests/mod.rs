//! Scripts of keys in, screens out.
