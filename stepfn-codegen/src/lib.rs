//! ASL JSON and Serverless Framework YAML from stepfn definitions.
