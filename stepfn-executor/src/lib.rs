//! A native executor for AWS Step Functions definitions.
