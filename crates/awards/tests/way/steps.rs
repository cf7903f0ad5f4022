//! Stretches of the way that several tests walk.

use std::collections::BTreeMap;
use uuid::Uuid;
use wubang_awards::model::{AwardPanelIn, AwardReportSignIn, AwardSheetIn, ProposeAwardIn};
use wubang_kernel::{Code, Who};
use wubang_panels::model::PanelDeclareIn;
use wubang_store::Key;

use crate::world::World;
use wubang_web::NothingIn;

pub(crate) fn key() -> Key {
    Key::Id(Uuid::from_u128(51))
}

pub(crate) fn sheet(bid: u128, plan: i64) -> AwardSheetIn {
    // everything else as good as the plan: 51 points beside it, or 26
    let rest = if plan < 15 {
        [10, 6, 6, 4]
    } else {
        [20, 11, 12, 8]
    };
    let points = [
        ("plan", plan),
        ("team", rest[0]),
        ("track_record", rest[1]),
        ("budget", rest[2]),
        ("sustainability", rest[3]),
    ];
    AwardSheetIn {
        bid_id: Uuid::from_u128(bid),
        points: points.map(|(key, value)| (key.to_owned(), value)).into(),
        reasons: BTreeMap::new(),
        comment: None,
    }
}

pub(crate) fn named() -> AwardPanelIn {
    AwardPanelIn {
        pool: wubang_panels::pool::ExpertPool::default(),
        expert_person_ids: Vec::new(),
        own_choice_reason: None,
        community_person_ids: vec![Uuid::from_u128(3)],
        department_person_ids: vec![Uuid::from_u128(4)],
    }
}

pub(crate) fn proposal(bid: u128) -> ProposeAwardIn {
    ProposeAwardIn {
        bid_id: Uuid::from_u128(bid),
        reason: "遵循评审组排名".to_owned(),
        cap_reason: None,
        single_reason: None,
    }
}

pub(crate) fn clear(clear: bool) -> PanelDeclareIn {
    PanelDeclareIn {
        unable: false,
        clear,
        reason: (!clear).then(|| "与揭榜组织负责人有亲属关系".to_owned()),
    }
}

/// Forms the panel, lets one drawn expert recuse himself, and lets the others declare.
pub(crate) async fn seated(world: &World) -> Vec<u128> {
    let wrong = AwardPanelIn {
        community_person_ids: vec![Uuid::from_u128(4)],
        ..named()
    };
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::form_panel(tx, &key(), wrong)
                .await)
            .await
            .err(),
        Some(Code::Invalid)
    );
    let short = AwardPanelIn {
        department_person_ids: Vec::new(),
        ..named()
    };
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::form_panel(tx, &key(), short)
                .await)
            .await
            .err(),
        Some(Code::PanelIncomplete)
    );
    assert_eq!(
        world
            .act(20, async |tx| wubang_awards::form_panel(
                tx,
                &key(),
                named()
            )
            .await)
            .await
            .err(),
        Some(Code::Forbidden)
    );
    let formed = world
        .act(1, async |tx| {
            wubang_awards::form_panel(tx, &key(), named()).await
        })
        .await
        .unwrap();
    assert_eq!(formed.panel.members.len(), 5);
    assert!(formed.panel.draw_nonce.is_none());
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::form_panel(tx, &key(), named())
                .await)
            .await
            .err(),
        Some(Code::Duplicate)
    );
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
        Some(Code::RecusalUnsigned)
    );
    let panel = Key::Id(formed.panel.id);
    let drawn = formed.panel.members[0].person_id.as_u128();
    world
        .act(drawn, async |tx| {
            wubang_panels::service::declare(tx, &panel, clear(false)).await
        })
        .await
        .unwrap();
    let loaded = world.store.read(&Who::system("test"));
    let loaded = wubang_panels::service::load(&loaded, "award", Uuid::from_u128(51))
        .await
        .unwrap()
        .unwrap();
    let members: Vec<u128> = loaded
        .active()
        .map(|member| member.person_id.as_u128())
        .collect();
    assert_eq!(members.len(), 5);
    assert!(!members.contains(&drawn) && !members.contains(&25));
    assert!(
        wubang_panels::service::get(&world.store.read(&world.who(drawn)), &panel)
            .await
            .is_err(),
        "who recused himself sees the panel no more"
    );
    for member in &members {
        world
            .act(*member, async |tx| {
                wubang_panels::service::declare(tx, &panel, clear(true)).await
            })
            .await
            .unwrap();
    }
    assert_eq!(
        world
            .act(members[0], async |tx| wubang_panels::service::declare(
                tx,
                &panel,
                clear(true)
            )
            .await)
            .await
            .err(),
        Some(Code::AlreadySigned)
    );
    world
        .act(1, async |tx| {
            wubang_awards::start_evaluation(tx, &key(), NothingIn {}).await
        })
        .await
        .unwrap();
    members
}

pub(crate) async fn scored(world: &World, plans: [i64; 3]) {
    let members = seated(world).await;
    assert_eq!(
        world
            .act(5, async |tx| wubang_awards::submit_sheet(
                tx,
                &key(),
                sheet(70, 20)
            )
            .await)
            .await
            .err(),
        Some(Code::Forbidden)
    );
    assert_eq!(
        world
            .act(members[0], async |tx| wubang_awards::sign_report(
                tx,
                &key(),
                AwardReportSignIn::default()
            )
            .await)
            .await
            .err(),
        Some(Code::SheetsMissing)
    );
    for member in &members {
        for (bid, plan) in [70, 71, 72].into_iter().zip(plans) {
            world
                .act(*member, async |tx| {
                    wubang_awards::submit_sheet(tx, &key(), sheet(bid, plan)).await
                })
                .await
                .unwrap();
        }
        let own = wubang_awards::get_sheets(&world.store.read(&world.who(*member)), &key())
            .await
            .unwrap();
        assert_eq!(own.items.len(), 3, "only his own");
    }
    assert!(
        wubang_awards::get_sheets(&world.store.read(&world.who(1)), &key())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        wubang_awards::get_sheets(&world.store.read(&world.who(5)), &key())
            .await
            .unwrap()
            .items
            .len(),
        15
    );
    assert!(
        wubang_awards::get_sheets(&world.store.read(&world.who(10)), &key())
            .await
            .is_err()
    );
    assert_eq!(world.state(false).await, "scored scored scored");
    assert_eq!(
        world
            .act(1, async |tx| wubang_awards::propose_award(
                tx,
                &key(),
                proposal(71)
            )
            .await)
            .await
            .err(),
        Some(Code::ReportUnsigned)
    );
    for member in &members {
        world
            .act(*member, async |tx| {
                wubang_awards::sign_report(tx, &key(), AwardReportSignIn::default()).await
            })
            .await
            .unwrap();
    }
}

pub(crate) async fn sound(world: &World) {
    let view = world.store.read(&Who::system("test"));
    let checks = wubang_panels::invariants()
        .into_iter()
        .chain(wubang_awards::invariants());
    for check in checks {
        assert_eq!(
            (check.run)(&view).await.unwrap(),
            Vec::<Uuid>::new(),
            "{}",
            check.name
        );
    }
}
