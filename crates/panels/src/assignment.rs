//! Experts for the open seats of several panels at once (rulebook 2.10): at least cost, with even loads,
//! hard conditions hard. A minimum-cost flow by successive shortest paths; pure, exact, deterministic.
//!
//! The k-th seat that an expert has within the last ninety days costs `k² − (k−1)²`, so that the next
//! seat goes to who has fewer. Among assignments of equal cost the one with the least sum of places
//! wins; a place is where the expert stands in the order that the committed seed of that posting draws,
//! so nobody can choose among equals.

/// What is to be assigned.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// Open seats of each panel.
    pub needed: Vec<usize>,
    /// For each panel, the experts who may sit on it, in the order that its seed draws.
    pub able: Vec<Vec<usize>>,
    /// Group of each panel: a quota counts within it.
    pub group: Vec<usize>,
    /// For each expert, seats within the last ninety days.
    pub load: Vec<usize>,
    /// For each expert and group, seats that his quota leaves.
    pub quota: Vec<Vec<usize>>,
    /// Most seats that one expert gets here.
    pub most: usize,
}

/// Experts of each panel, in the order of the experts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Experts of each panel.
    pub seats: Vec<Vec<usize>>,
    /// Sum of what the seats cost, without the places.
    pub cost: i64,
}

/// Why there is no assignment: these panels together need more seats than everybody who may sit on any
/// of them can take (a set that violates Hall's condition).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The panels.
    pub panels: Vec<usize>,
    /// Seats that they need together.
    pub needed: usize,
    /// Experts who may sit on at least one of them.
    pub experts: usize,
    /// Seats that are missing.
    pub missing: usize,
}

/// What the k-th seat costs an expert who has `load` seats already; `k` from 1.
#[must_use]
pub fn cost_of(load: usize, k: usize) -> i64 {
    let place = i64::try_from(load + k).unwrap_or(i64::MAX / 4);
    2 * place - 1
}

struct Edge {
    to: usize,
    left: i64,
    cost: i64,
}

/// A flow network; the twin of an edge is its neighbour.
struct Network {
    edges: Vec<Edge>,
    from: Vec<Vec<usize>>,
}

impl Network {
    fn new(nodes: usize) -> Self {
        Network {
            edges: Vec::new(),
            from: vec![Vec::new(); nodes],
        }
    }

    fn join(&mut self, from: usize, to: usize, capacity: usize, cost: i64) -> usize {
        let id = self.edges.len();
        let left = i64::try_from(capacity).unwrap_or(i64::MAX);
        self.edges.push(Edge { to, left, cost });
        self.edges.push(Edge {
            to: from,
            left: 0,
            cost: -cost,
        });
        self.from[from].push(id);
        self.from[to].push(id + 1);
        id
    }

    /// The edges of a cheapest way with room, from the end back to the start (Bellman and Ford).
    fn cheapest(&self, start: usize, end: usize) -> Option<Vec<usize>> {
        let mut best: Vec<Option<(i64, usize)>> = vec![None; self.from.len()];
        best[start] = Some((0, usize::MAX));
        let mut changed = true;
        while changed {
            changed = false;
            for node in 0..self.from.len() {
                let Some((so_far, _)) = best[node] else {
                    continue;
                };
                for id in &self.from[node] {
                    let edge = &self.edges[*id];
                    let cost = so_far + edge.cost;
                    if edge.left > 0 && best[edge.to].is_none_or(|(known, _)| cost < known) {
                        best[edge.to] = Some((cost, *id));
                        changed = true;
                    }
                }
            }
        }
        let mut way = Vec::new();
        let mut node = end;
        while node != start {
            let (_, id) = best[node]?;
            way.push(id);
            node = self.edges[id ^ 1].to;
        }
        Some(way)
    }

    /// Sends one unit at a time; answers how many got through.
    fn fill(&mut self, start: usize, end: usize, wanted: usize) -> usize {
        for sent in 0..wanted {
            let Some(way) = self.cheapest(start, end) else {
                return sent;
            };
            for id in way {
                self.edges[id].left -= 1;
                self.edges[id ^ 1].left += 1;
            }
        }
        wanted
    }

    /// What can still be reached.
    fn reached(&self, start: usize) -> Vec<bool> {
        let mut seen = vec![false; self.from.len()];
        let mut open = vec![start];
        seen[start] = true;
        while let Some(node) = open.pop() {
            for id in &self.from[node] {
                let edge = &self.edges[*id];
                if edge.left > 0 && !seen[edge.to] {
                    seen[edge.to] = true;
                    open.push(edge.to);
                }
            }
        }
        seen
    }
}

/// The network of a problem, and the edges between panels and experts.
struct Built {
    network: Network,
    start: usize,
    end: usize,
    /// Edge, panel, expert.
    seats: Vec<(usize, usize, usize)>,
}

/// start → panel → (group, expert) → expert → end.
fn build(problem: &Problem) -> Built {
    let (panels, experts) = (problem.needed.len(), problem.load.len());
    let groups = problem.group.iter().max().map_or(0, |last| last + 1);
    let in_group = |group: usize, expert: usize| panels + group * experts + expert;
    let (start, end) = (
        in_group(groups, 0) + experts,
        in_group(groups, 0) + experts + 1,
    );
    let mut network = Network::new(end + 1);
    // one unit of load outweighs all places together
    let places: usize = problem
        .needed
        .iter()
        .zip(&problem.able)
        .map(|(needed, able)| needed * able.len())
        .sum();
    let weight = i64::try_from(places).unwrap_or(i64::MAX / 1_000_000) + 1;
    let mut seats = Vec::new();
    for panel in 0..panels {
        network.join(start, panel, problem.needed[panel], 0);
        for (place, expert) in (0_i64..).zip(&problem.able[panel]) {
            let node = in_group(problem.group[panel], *expert);
            let edge = network.join(panel, node, 1, place);
            seats.push((edge, panel, *expert));
        }
    }
    for expert in 0..experts {
        let own = in_group(groups, expert);
        for group in 0..groups {
            network.join(
                in_group(group, expert),
                own,
                problem.quota[expert][group],
                0,
            );
        }
        for k in 1..=problem.most.min(panels) {
            network.join(own, end, 1, weight * cost_of(problem.load[expert], k));
        }
    }
    Built {
        network,
        start,
        end,
        seats,
    }
}

/// Assigns experts to every open seat at the least cost.
///
/// # Errors
/// The panels that cannot all be filled.
pub fn solve(problem: &Problem) -> Result<Assignment, Shortage> {
    let mut built = build(problem);
    let wanted: usize = problem.needed.iter().sum();
    let sent = built.network.fill(built.start, built.end, wanted);
    if sent < wanted {
        return Err(shortage(problem, &built, wanted - sent));
    }
    let mut seats = vec![Vec::new(); problem.needed.len()];
    let mut given = vec![0; problem.load.len()];
    for (edge, panel, expert) in &built.seats {
        if built.network.edges[*edge].left == 0 {
            seats[*panel].push(*expert);
            given[*expert] += 1;
        }
    }
    for panel in &mut seats {
        panel.sort_unstable();
    }
    let cost = problem.load.iter().zip(given);
    Ok(Assignment {
        cost: cost
            .flat_map(|(load, given)| (1..=given).map(move |k| cost_of(*load, k)))
            .sum(),
        seats,
    })
}

/// The panels on the near side of the cut: what is missing is missing among them.
fn shortage(problem: &Problem, built: &Built, missing: usize) -> Shortage {
    let reached = built.network.reached(built.start);
    let panels: Vec<usize> = (0..problem.needed.len())
        .filter(|panel| reached[*panel])
        .collect();
    let mut experts: Vec<usize> = panels
        .iter()
        .flat_map(|panel| problem.able[*panel].iter().copied())
        .collect();
    experts.sort_unstable();
    experts.dedup();
    Shortage {
        needed: panels.iter().map(|panel| problem.needed[*panel]).sum(),
        experts: experts.len(),
        panels,
        missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use microlp::{ComparisonOp, OptimizationDirection, Problem as Program, Variable};
    use proptest::prelude::*;

    fn open(needed: &[usize], able: &[&[usize]], load: &[usize]) -> Problem {
        Problem {
            needed: needed.to_vec(),
            able: able.iter().map(|of| of.to_vec()).collect(),
            group: (0..needed.len()).collect(),
            load: load.to_vec(),
            quota: vec![vec![3; needed.len()]; load.len()],
            most: 3,
        }
    }

    #[test]
    fn loads_are_even_and_equals_go_by_the_drawn_place() {
        // the busy expert 0 sits only where nobody else can
        let problem = open(&[1, 1], &[&[0, 1, 2], &[0, 2, 1]], &[4, 0, 0]);
        assert_eq!(solve(&problem).unwrap().seats, [[1], [2]]);
        let turned = open(&[1, 1], &[&[0, 2, 1], &[0, 1, 2]], &[4, 0, 0]);
        assert_eq!(solve(&turned).unwrap().seats, [[2], [1]]);
    }

    #[test]
    fn what_is_missing_is_said_of_the_panels_that_miss_it() {
        let mut problem = open(&[2, 2, 1], &[&[0, 1], &[0, 1], &[2, 3]], &[0, 0, 0, 0]);
        problem.most = 1;
        let shortage = solve(&problem).unwrap_err();
        let wanted = Shortage {
            panels: vec![0, 1],
            needed: 4,
            experts: 2,
            missing: 2,
        };
        assert_eq!(shortage, wanted);
    }

    #[test]
    fn a_quota_holds_across_the_panels_of_a_community() {
        let mut problem = open(&[1, 1], &[&[0], &[0]], &[0]);
        problem.group = vec![0, 0];
        problem.quota = vec![vec![1]];
        assert_eq!(solve(&problem).unwrap_err().missing, 1);
        problem.quota = vec![vec![2]];
        assert_eq!(solve(&problem).unwrap().seats, [[0], [0]]);
    }

    /// The same question put to a linear program, by a crate that knows nothing of ours: the least cost,
    /// `None` where it has no solution. Its matrix is that of a network, so the optimum is whole.
    fn by_program(problem: &Problem) -> Option<i64> {
        let mut program = Program::new(OptimizationDirection::Minimize);
        let experts = problem.load.len();
        let mut seats: Vec<Vec<(usize, Variable)>> = vec![Vec::new(); experts];
        for panel in 0..problem.needed.len() {
            let own: Vec<(usize, Variable)> = problem.able[panel]
                .iter()
                .map(|expert| (*expert, program.add_var(0.0, (0.0, 1.0))))
                .collect();
            let sum: Vec<(Variable, f64)> = own.iter().map(|(_, seat)| (*seat, 1.0)).collect();
            let needed = u32::try_from(problem.needed[panel]).unwrap();
            if sum.is_empty() && needed > 0 {
                return None;
            }
            program.add_constraint(&sum, ComparisonOp::Eq, f64::from(needed));
            for (expert, seat) in own {
                seats[expert].push((panel, seat));
            }
        }
        for (expert, own) in seats.iter().enumerate() {
            for (group, left) in problem.quota[expert].iter().enumerate() {
                let within: Vec<(Variable, f64)> = own
                    .iter()
                    .filter(|(panel, _)| problem.group[*panel] == group)
                    .map(|(_, seat)| (*seat, 1.0))
                    .collect();
                let left = f64::from(u32::try_from(*left).unwrap());
                program.add_constraint(&within, ComparisonOp::Le, left);
            }
            // the sum of his seats is the sum of his steps, of which each costs more than the one before
            let mut balance: Vec<(Variable, f64)> =
                own.iter().map(|(_, seat)| (*seat, 1.0)).collect();
            for k in 1..=problem.most {
                let cost = f64::from(i32::try_from(cost_of(problem.load[expert], k)).unwrap());
                balance.push((program.add_var(cost, (0.0, 1.0)), -1.0));
            }
            program.add_constraint(&balance, ComparisonOp::Eq, 0.0);
        }
        let objective = program.solve().ok()?.solution()?.objective().round();
        format!("{objective:.0}").parse().ok()
    }

    fn problems() -> impl Strategy<Value = Problem> {
        (1_usize..=5, 1_usize..=9).prop_flat_map(|(panels, experts)| {
            let able = prop::collection::vec(prop::bool::weighted(0.6), experts);
            (
                prop::collection::vec(0_usize..=4, panels),
                prop::collection::vec(able, panels),
                prop::collection::vec(0_usize..2, panels),
                prop::collection::vec(0_usize..=5, experts),
                prop::collection::vec(prop::collection::vec(0_usize..=3, 2), experts),
                1_usize..=4,
            )
                .prop_map(|(needed, able, group, load, quota, most)| Problem {
                    able: able
                        .iter()
                        .map(|of| (0..of.len()).filter(|one| of[*one]).collect())
                        .collect(),
                    needed,
                    group,
                    load,
                    quota,
                    most,
                })
        })
    }

    /// Whether every hard condition holds.
    fn holds(problem: &Problem, found: &Assignment) -> bool {
        let panels = 0..problem.needed.len();
        let fits = panels.clone().all(|panel| {
            let seats = &found.seats[panel];
            seats.len() == problem.needed[panel]
                && seats.windows(2).all(|pair| pair[0] < pair[1])
                && seats.iter().all(|one| problem.able[panel].contains(one))
        });
        let taken = |expert: usize, group: Option<usize>| {
            panels
                .clone()
                .filter(|panel| group.is_none_or(|group| problem.group[*panel] == group))
                .filter(|panel| found.seats[*panel].contains(&expert))
                .count()
        };
        fits && (0..problem.load.len()).all(|expert| {
            let quota = problem.quota[expert].iter().enumerate();
            taken(expert, None) <= problem.most
                && quota
                    .into_iter()
                    .all(|(group, left)| taken(expert, Some(group)) <= *left)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn an_independent_solver_finds_the_same_cost_or_none_either(problem in problems()) {
            let found = solve(&problem);
            let other = by_program(&problem);
            prop_assert_eq!(found.as_ref().ok().map(|one| one.cost), other);
            match found {
                Ok(found) => prop_assert!(holds(&problem, &found)),
                Err(shortage) => {
                    // without the panels named nothing is missing, and they alone miss as much
                    let only = |keep: bool| Problem {
                        needed: (0..problem.needed.len()).map(|panel| if shortage.panels.contains(&panel) == keep { problem.needed[panel] } else { 0 }).collect(),
                        ..problem.clone()
                    };
                    prop_assert!(solve(&only(false)).is_ok());
                    prop_assert_eq!(solve(&only(true)).err().map(|one| one.missing), Some(shortage.missing));
                }
            }
        }

        #[test]
        fn the_same_problem_has_the_same_answer(problem in problems()) {
            prop_assert_eq!(solve(&problem), solve(&problem.clone()));
        }
    }
}
