use super::{Shape, StateData, maps, sequences, shapes};
