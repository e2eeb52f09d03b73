//! Setroom load tester.
