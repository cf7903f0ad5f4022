//! 纠偏整改: defects that the contractor must correct, judged by street and community together, in two rounds at most
//! (rulebook 2.8.9).

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub(crate) mod judging;
pub mod model;
pub mod proposing;
pub(crate) mod rules;
pub mod service;

use crate::watched::watched;
use entity::rectification;

watched!(rectification::Entity, flow::RectificationOrder, hidden ["proposed", "dismissed"], "纠偏整改");
