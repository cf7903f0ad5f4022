//! The tests.

use uuid::Uuid;
use wubang_awards::model::{AwardPanelIn, AwardReportSignIn};
use wubang_awards::service;
use wubang_kernel::{Code, Who};

use wubang_store::Key;

use crate::steps::*;
use crate::world::World;
use wubang_web::{NothingIn, ReasonIn};

#[tokio::test]
async fn the_first_declines_and_the_second_lets_the_term_pass() {
    let world = World::new("way").await;
    scored(&world, [20, 30, 25]).await;
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::propose_award(
                tx,
                &key(),
                proposal(72)
            )
            .await)
            .await
            .err(),
        Some(Code::RankNotFollowed)
    );
    let award = world
        .act(1, async |tx| {
            wubang_awards::propose_award(tx, &key(), proposal(71)).await
        })
        .await
        .unwrap();
    assert_eq!(
        world
            .act(2, async |tx| wubang_awards::propose_award(
                tx,
                &key(),
                proposal(71)
            )
            .await)
            .await
            .err(),
        Some(Code::Duplicate)
    );
    assert_eq!(
        (
            award.number.as_str(),
            award
                .total
                .map(|total| total.to_string())
                .unwrap_or_default()
                .as_str()
        ),
        ("CB-410108-2026-0001", "81.00")
    );
    assert_eq!(award.publicity.ends.rule, "wd(2026-06-01,5)");
    assert_eq!(world.state(false).await, "reserve recommended reserve");
    let first = Key::Id(award.id);
    assert_eq!(
        world
            .act(1, async |tx| service::issue_notice(
                tx,
                &first,
                NothingIn {}
            )
            .await)
            .await
            .err(),
        Some(Code::InvalidTransition)
    );
    let public = service::get_public(&world.store.read(&Who::system("test")), &first)
        .await
        .unwrap();
    assert!(public.panel_names.is_empty());
    world.pass(8).await;
    assert_eq!(world.state(true).await, "awarded");
    let noticed = world
        .act(1, async |tx| {
            service::issue_notice(tx, &first, NothingIn {}).await
        })
        .await
        .unwrap();
    assert!(noticed.sign_by.is_some());
    let open = wubang_awards::get_panel(&world.store.read(&world.who(10)), &key())
        .await
        .unwrap();
    assert!(open.panel.draw_nonce.is_some(), "published with the notice");
    let reason = ReasonIn {
        reason: "团队负责人离职,无法承接".to_owned(),
    };
    assert!(
        world
            .act(10, async |tx| service::decline(tx, &first, reason.clone())
                .await)
            .await
            .is_err()
    );
    world
        .act(11, async |tx| service::decline(tx, &first, reason).await)
        .await
        .unwrap();
    assert_eq!(
        (
            world.state(true).await.as_str(),
            world.state(false).await.as_str()
        ),
        ("award_publicity", "reserve declined reserve")
    );
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::propose_award(
                tx,
                &key(),
                proposal(70)
            )
            .await)
            .await
            .err(),
        Some(Code::RankNotFollowed)
    );
    let second = world
        .act(1, async |tx| {
            wubang_awards::propose_award(tx, &key(), proposal(72)).await
        })
        .await
        .unwrap();
    world.pass(10).await;
    world
        .act(1, async |tx| {
            service::issue_notice(tx, &Key::Id(second.id), NothingIn {}).await
        })
        .await
        .unwrap();
    world.pass(40).await;
    assert_eq!(
        (
            world.state(true).await.as_str(),
            world.state(false).await.as_str()
        ),
        ("award_publicity", "reserve declined declined")
    );
    let third = world
        .act(1, async |tx| {
            wubang_awards::propose_award(tx, &key(), proposal(70)).await
        })
        .await
        .unwrap();
    world.pass(10).await;
    world
        .act(1, async |tx| {
            service::issue_notice(tx, &Key::Id(third.id), NothingIn {}).await
        })
        .await
        .unwrap();
    world
        .act(1, async |tx| service::contracted(tx, third.id).await)
        .await
        .unwrap();
    sound(&world).await;
}

#[tokio::test]
async fn all_are_rejected_when_nobody_reaches_the_threshold() {
    let world = World::new("none").await;
    scored(&world, [14, 14, 14]).await;
    let report = wubang_awards::get_report(&world.store.read(&world.who(1)), &key())
        .await
        .unwrap();
    assert!(
        report
            .ranking
            .0
            .iter()
            .all(|row| row.tie_break.as_deref() == Some("lot") && row.total.to_string() == "40.00")
    );
    let first = report.ranking.0[0].bid_id.as_u128();
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::propose_award(
                tx,
                &key(),
                proposal(first)
            )
            .await)
            .await
            .err(),
        Some(Code::BelowThreshold)
    );
    let reason = ReasonIn {
        reason: "均未达到合格线".to_owned(),
    };
    world
        .act(1, async |tx| {
            wubang_awards::reject_all(tx, &key(), reason).await
        })
        .await
        .unwrap();
    assert_eq!(
        (
            world.state(true).await.as_str(),
            world.state(false).await.as_str()
        ),
        ("failed", "not_selected not_selected not_selected")
    );
    sound(&world).await;
}

#[tokio::test]
async fn a_withdrawal_completes_the_scoring_and_an_objection_holds_the_award() {
    let world = World::new("hold").await;
    let members = seated(&world).await;
    for member in &members {
        for (bid, plan) in [(71, 30), (72, 25)] {
            world
                .act(*member, async |tx| {
                    wubang_awards::submit_sheet(tx, &key(), sheet(bid, plan)).await
                })
                .await
                .unwrap();
        }
    }
    assert_eq!(
        world
            .act(members[0], async |tx| wubang_awards::submit_sheet(
                tx,
                &key(),
                sheet(71, 30)
            )
            .await)
            .await
            .err(),
        Some(Code::Duplicate)
    );
    assert_eq!(world.state(false).await, "qualified qualified qualified");
    let reason = ReasonIn {
        reason: "人员变动,退出揭榜".to_owned(),
    };
    world
        .act(10, async |tx| {
            wubang_bids::service::withdraw(tx, &Key::Id(Uuid::from_u128(70)), reason).await
        })
        .await
        .unwrap();
    assert_eq!(world.state(false).await, "withdrawn_late scored scored");
    for member in &members {
        world
            .act(*member, async |tx| {
                wubang_awards::sign_report(
                    tx,
                    &key(),
                    AwardReportSignIn {
                        dissent: Some("预算说明偏粗,建议细化".to_owned()),
                    },
                )
                .await
            })
            .await
            .unwrap();
    }
    let reason = ReasonIn {
        reason: "均不符合需要".to_owned(),
    };
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::reject_all(tx, &key(), reason)
                .await)
            .await
            .err(),
        Some(Code::RankNotFollowed)
    );
    let award = world
        .act(1, async |tx| {
            wubang_awards::propose_award(tx, &key(), proposal(71)).await
        })
        .await
        .unwrap();
    let hold = world
        .act(1, async |tx| {
            wubang_store::holds::place(tx, "award", award.id, "objection").await
        })
        .await
        .unwrap();
    world.pass(8).await;
    assert_eq!(world.state(true).await, "award_publicity");
    world
        .act(1, async |tx| wubang_store::holds::release(tx, hold).await)
        .await
        .unwrap();
    world.pass(1).await;
    assert_eq!(world.state(true).await, "awarded");
    world
        .act(1, async |tx| {
            wubang_store::holds::place(tx, "award", award.id, "objection").await
        })
        .await
        .unwrap();
    assert_eq!(
        world
            .act(1, async |tx| service::issue_notice(
                tx,
                &Key::Id(award.id),
                NothingIn {}
            )
            .await)
            .await
            .err(),
        Some(Code::OpenHold)
    );
    sound(&world).await;
}

#[tokio::test]
async fn a_vacant_named_seat_is_filled_by_name() {
    let world = World::new("fill").await;
    let formed = world
        .act(1, async |tx| {
            wubang_awards::form_panel(tx, &key(), named()).await
        })
        .await
        .unwrap();
    world
        .act(3, async |tx| {
            wubang_panels::service::declare(tx, &Key::Id(formed.panel.id), clear(false)).await
        })
        .await
        .unwrap();
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::start_evaluation(
                tx,
                &key(),
                NothingIn {}
            )
            .await)
            .await
            .err(),
        Some(Code::PanelIncomplete)
    );
    let again = AwardPanelIn {
        department_person_ids: Vec::new(),
        ..named()
    };
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::form_panel(tx, &key(), again)
                .await)
            .await
            .err(),
        Some(Code::Duplicate)
    );
    let other = AwardPanelIn {
        pool: wubang_panels::pool::ExpertPool::default(),
        expert_person_ids: Vec::new(),
        own_choice_reason: None,
        community_person_ids: vec![Uuid::from_u128(2)],
        department_person_ids: Vec::new(),
    };
    let filled = world
        .act(1, async |tx| {
            wubang_awards::form_panel(tx, &key(), other).await
        })
        .await
        .unwrap();
    assert_eq!(filled.panel.id, formed.panel.id);
    assert_eq!(
        filled
            .panel
            .members
            .iter()
            .filter(|member| member.active)
            .count(),
        5
    );
    sound(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_proposals_at_once_one_wins() {
    let world = World::new("race").await;
    scored(&world, [20, 30, 25]).await;
    let all = (0..8).map(|i| {
        world.act(1 + i % 2, async |tx| {
            wubang_awards::propose_award(tx, &key(), proposal(71)).await
        })
    });
    let mut won = 0;
    for result in futures_util::future::join_all(all).await {
        match result {
            Ok(_) => won += 1,
            Err(code) => assert!(
                matches!(
                    code,
                    Code::Duplicate | Code::Conflict | Code::InvalidTransition
                ),
                "{code:?}"
            ),
        }
    }
    assert_eq!(won, 1);
    let cancel = wubang_postings::model::CancelIn {
        ground: wubang_postings::model::CancelGround::FundingCancelled,
        reason: "资金安排取消".to_owned(),
    };
    world
        .act(1, async |tx| {
            wubang_postings::service::cancel(tx, &key(), cancel).await
        })
        .await
        .unwrap();
    let awards = service::list(
        &world.store.read(&world.who(1)),
        &wubang_web::ListQuery::parse("state=lapsed", &["state"]).unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(awards.items.len(), 1);
    assert!(
        service::list(
            &world.store.read(&world.who(20)),
            &wubang_web::ListQuery::default()
        )
        .await
        .unwrap()
        .items
        .is_empty()
    );
    sound(&world).await;
}
