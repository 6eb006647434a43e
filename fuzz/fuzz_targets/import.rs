#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stepfn_fuzz::import(data));
