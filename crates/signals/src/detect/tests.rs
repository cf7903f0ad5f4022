use super::*;

/// Numbers that are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(u64::try_from(from.len()).unwrap());
        &from[usize::try_from(at).unwrap()]
    }

    fn character(&mut self) -> char {
        char::from_u32(0x4e00 + u32::try_from(self.below(2000)).unwrap()).unwrap()
    }

    fn sentence(&mut self) -> String {
        let length = 15 + self.below(25);
        (0..length).map(|_| self.character()).collect()
    }
}

/// Phrases that everybody in the trade uses.
fn phrases(dice: &mut Dice) -> Vec<String> {
    (0..60).map(|_| dice.sentence()).collect()
}

fn honest_text(dice: &mut Dice, common: &[String], notice: &str) -> Vec<String> {
    let mut all: Vec<String> = (0..9).map(|_| dice.sentence()).collect();
    all.extend((0..3).map(|_| dice.pick(common).clone()));
    // everybody quotes the notice
    all.push(notice.to_owned());
    all
}

/// A copy with one character in ten changed and the sentences in another order.
fn copied(dice: &mut Dice, sentences: &[String]) -> Vec<String> {
    let mut all: Vec<String> = sentences
        .iter()
        .map(|one| {
            one.chars()
                .map(|c| {
                    if dice.below(10) == 0 {
                        dice.character()
                    } else {
                        c
                    }
                })
                .collect()
        })
        .collect();
    for i in (1..all.len()).rev() {
        let j = usize::try_from(dice.below(u64::try_from(i + 1).unwrap())).unwrap();
        all.swap(i, j);
    }
    all
}

struct Tender {
    bids: Vec<Compared>,
    notice: String,
    ring: Vec<Uuid>,
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn honest(dice: &mut Dice, n: u64, text: &[String]) -> Compared {
    // many hand in within the last hour
    let at = if dice.below(10) < 3 {
        172_800 - dice.below(3600)
    } else {
        dice.below(169_200)
    };
    Compared {
        bid: Uuid::from_u128(u128::from(n) + 1),
        lead: Uuid::from_u128(u128::from(n) + 1001),
        text: text.join("。"),
        price_fen: i64::try_from(4_000_000 + dice.below(800) * 1000).unwrap(),
        contacts: BTreeSet::from([
            ("phone", format!("1{:010}", dice.next() % 10_000_000_000)),
            ("legal_representative", format!("人{}", dice.below(500))),
        ]),
        files: BTreeSet::from([format!("{:064x}", dice.next())]),
        submitted_at: Some(instant(i64::try_from(at).unwrap())),
    }
}

fn plant(dice: &mut Dice, bids: &mut [Compared], size: usize, texts: &[Vec<String>]) {
    let (model, first) = (bids[0].clone(), texts[0].clone());
    let how = dice.below(4);
    for one in bids.iter_mut().take(size).skip(1) {
        match how {
            0 => one.text = copied(dice, &first).join("。"),
            1 => one.contacts.extend(
                model
                    .contacts
                    .iter()
                    .filter(|(kind, _)| *kind == "phone")
                    .cloned(),
            ),
            2 => one.files.extend(model.files.iter().cloned()),
            _ => {
                one.price_fen = model.price_fen;
                one.submitted_at = model
                    .submitted_at
                    .map(|at| at + TimeDelta::seconds(i64::try_from(dice.below(240)).unwrap()));
            }
        }
    }
}

fn tender(dice: &mut Dice, common: &[String], ring: usize) -> Tender {
    let notice = (0..5)
        .map(|_| dice.sentence())
        .collect::<Vec<_>>()
        .join("。");
    let count = 2 + dice.below(7).max(u64::try_from(ring).unwrap());
    let texts: Vec<Vec<String>> = (0..count)
        .map(|_| honest_text(dice, common, &notice))
        .collect();
    let mut bids: Vec<Compared> = (0..count)
        .zip(&texts)
        .map(|(n, text)| honest(dice, n, text))
        .collect();
    if ring > 1 {
        plant(dice, &mut bids, ring, &texts);
    }
    Tender {
        ring: bids.iter().take(ring).map(|one| one.bid).collect(),
        bids,
        notice,
    }
}

#[test]
fn of_a_thousand_tenders_a_hundred_rings_are_found_and_hardly_anybody_else() {
    let mut dice = Dice(2026);
    let common = phrases(&mut dice);
    let (mut found, mut wrongly) = (0, 0);
    for n in 0..1000 {
        let ring = if n % 10 == 0 {
            2 + usize::try_from(dice.below(4)).unwrap()
        } else {
            0
        };
        let one = tender(&mut dice, &common, ring);
        let groups = groups(&one.bids, &one.notice, &[], &Thresholds::default());
        let whole = groups
            .iter()
            .any(|group| one.ring.iter().all(|bid| group.bids.contains(bid)));
        let others = groups
            .iter()
            .any(|group| group.bids.iter().any(|bid| !one.ring.contains(bid)));
        found += usize::from(ring > 0 && whole);
        wrongly += usize::from(others);
        for group in &groups {
            assert!(
                !group.evidence.is_empty()
                    && group.evidence.iter().all(|one| !one.detail.is_empty())
            );
        }
    }
    assert!(found >= 95, "{found} of 100 rings");
    assert!(wrongly <= 20, "{wrongly} of 1000 tenders wrongly");
}

fn bare(n: u128, price_fen: i64) -> Compared {
    Compared {
        bid: Uuid::from_u128(n),
        lead: Uuid::from_u128(100 + n),
        text: String::new(),
        price_fen,
        contacts: BTreeSet::new(),
        files: BTreeSet::new(),
        submitted_at: None,
    }
}

fn indicators(bids: &[Compared], past: &[Past]) -> Vec<Indicator> {
    evidence(bids, "", past, &Thresholds::default())
        .into_iter()
        .map(|one| one.indicator)
        .collect()
}

#[test]
fn what_the_notice_says_is_nobody_s_own_text() {
    let mut dice = Dice(7);
    let notice: String = (0..40).map(|_| dice.sentence()).collect();
    let mut bids = [bare(1, 0), bare(2, 0)];
    for bid in &mut bids {
        bid.text = notice.clone();
    }
    assert!(groups(&bids, &notice, &[], &Thresholds::default()).is_empty());
    let found = groups(&bids, "", &[], &Thresholds::default());
    assert_eq!((found.len(), found[0].weight), (1, 90));
    assert!(
        found[0].evidence[0]
            .detail
            .contains(&notice.chars().take(20).collect::<String>()),
        "{found:?}"
    );
}

#[test]
fn prices_in_steps_are_a_pattern_and_close_ones_alone_are_no_signal() {
    let steps: Vec<Compared> = (0..4)
        .map(|n| bare(u128::try_from(n).unwrap() + 1, 4_000_000 + n * 50_000))
        .collect();
    assert_eq!(indicators(&steps, &[]), [Indicator::PricePattern; 6]);
    let ratio: Vec<Compared> = (1..)
        .zip([1_000_000, 1_100_000, 1_210_000, 1_331_000])
        .map(|(n, price)| bare(n, price))
        .collect();
    assert_eq!(indicators(&ratio, &[]), [Indicator::PricePattern; 6]);
    let close = [bare(1, 4_000_000), bare(2, 4_001_000)];
    assert_eq!(indicators(&close, &[]), [Indicator::ClosePrice]);
    assert!(groups(&close, "", &[], &Thresholds::default()).is_empty());
    assert!(
        indicators(&[bare(1, 0), bare(2, 0)], &[]).is_empty(),
        "a free service costs everybody the same"
    );
}

#[test]
fn winners_in_turns_and_a_lasting_companion_are_seen_after_four_rounds() {
    let bids = [bare(1, 4_000_000), bare(2, 4_400_000)];
    let (a, b) = (bids[0].lead, bids[1].lead);
    let rounds = |winners: &[Uuid]| -> Vec<Past> {
        winners
            .iter()
            .map(|winner| Past {
                bidders: vec![a, b],
                winners: vec![*winner],
            })
            .collect()
    };
    assert_eq!(
        indicators(&bids, &rounds(&[a, b, a, b])),
        [Indicator::AlternatingWinners]
    );
    assert_eq!(
        indicators(&bids, &rounds(&[a, a, a, a])),
        [Indicator::NeverWinning]
    );
    assert!(indicators(&bids, &rounds(&[a, b, a])).is_empty());
    assert!(indicators(&bids, &rounds(&[a, a, b, b])).is_empty());
    let other = Uuid::from_u128(9);
    assert!(indicators(&bids, &rounds(&[a, b, other, b, a])).is_empty());
    // a race that both won speaks against turns
    let mut past = rounds(&[a, b, a, b]);
    past[1].winners.push(a);
    assert!(indicators(&bids, &past).is_empty());
}

#[test]
fn pairs_that_hang_together_are_one_group() {
    let mut bids: Vec<Compared> = (1..=5)
        .map(|n| bare(n, 4_000_000 + i64::try_from(n * n).unwrap() * 90_000))
        .collect();
    bids[0].files.insert("f".to_owned());
    bids[1].files.extend(["f".to_owned(), "g".to_owned()]);
    bids[2].files.insert("g".to_owned());
    let found = groups(&bids, "", &[], &Thresholds::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].bids,
        (1..=3).map(Uuid::from_u128).collect::<Vec<_>>()
    );
    assert_eq!(found[0].evidence.len(), 2);
}
