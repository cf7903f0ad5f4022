//! Domain and wire types of panels, reports and awards.

mod award;
mod panel;
mod report;
mod several;

pub use award::*;
pub use panel::*;
pub use report::*;
pub use several::*;
