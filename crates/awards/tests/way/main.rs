//! The way of an award on a real database, from the closed posting to the lapse of the second
//! awardee. The stages before are stood in for by rows.

#[cfg(test)]
mod rows;
#[cfg(test)]
mod steps;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
