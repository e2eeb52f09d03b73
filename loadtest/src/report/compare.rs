//! Two reports of the same load, one against the other.
