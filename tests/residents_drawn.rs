//! Representatives of the residents by lot (rulebook 2.9 (10), 2.10): checkable by everybody, named to nobody.

use crate::draws::{draws, verdict};
use crate::evaluations::{
    RESIDENTS, at, composition, declared, evaluation, formed, happy, opened, published, scored,
    surveyed,
};
use crate::scenes::{grant, list, person, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, on_both};

const WHY: &str = "服务社区的居民代表多数须回避,由邻近社区补足。";

async fn seated(bench: &mut Bench, party: &str) -> Vec<Value> {
    let shown = evaluation(bench, "gong.mingyue").await;
    let members = list(&shown, "/panel/members").into_iter();
    members
        .filter(|one| one["party"] == json!(party) && one["active"] == json!(true))
        .collect()
}

/// Works for the contractor from now on.
async fn tied(bench: &mut Bench, account: &str) {
    let own = bench.organisation("lelin").await;
    grant(bench, account, "org_agent", json!({ "organisation": own })).await;
}

on_both! {
    async fn residents_are_drawn_from_the_served_community_and_the_script_agrees(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let body = composition(&mut bench).await;
        let members = formed(&mut bench, body, &[]).await;
        let drawn: Vec<&String> = members.iter().filter(|(_, party)| party == "residents").map(|(account, _)| account).collect();
        assert_eq!(drawn.len(), 5);
        assert!(drawn.iter().all(|one| RESIDENTS.contains(&one.as_str())), "{drawn:?}");
        let before = draws(&bench, &bench.play.ids.evaluation).await;
        assert_eq!((&before["rounds"][0]["residents"], text(&before, "/rounds/0/veil_commitment").len()), (&Value::Null, 64));
        declared(&mut bench, &members).await;
        surveyed(&mut bench, &happy()).await;
        bench.cast("third_party").await.post(&at(&bench, "start_scoring"), json!({})).await.ok();
        scored(&mut bench, &members, |_| 80).await;
        published(&mut bench).await;
        let open = draws(&bench, &bench.play.ids.evaluation).await;
        let lot = &open["rounds"][0]["residents"];
        assert_eq!((list(lot, "/order").len(), list(lot, "/seated").len(), &lot["strata"][0]["pool"]), (7, 5, &json!("410108005003")));
        assert_eq!(verdict(&open), "ok");
        for (pointer, value) in [("/rounds/0/residents/order/0", lot["order"][1].clone()), ("/rounds/0/residents/seated/0/id", lot["order"][6].clone()), ("/rounds/0/residents/strata/0/ids/0", json!(bench.play.ids.need))] {
            let mut changed = open.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert_eq!(verdict(&changed), "mismatch", "{pointer}");
        }
        // neither names nor ids of persons: who knows the ids of all residents finds none of them
        for account in RESIDENTS {
            let me = bench.user(account).await.get("/api/v1/me").await.ok();
            for word in [text(&me, "/id"), text(&me, "/name")] {
                assert!(!open.to_string().contains(&word), "{account}");
            }
        }
        assert!(list(lot, "/seated").iter().all(|one| one["name"].is_null()));
    }

    async fn who_is_tied_to_the_contractor_is_not_drawn_nor_whose_relative_works_there(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        // of seven two cannot be drawn: one works for the contractor, one has a relative among its staff
        tied(&mut bench, "hao.xiulan").await;
        let own = bench.organisation("lelin").await;
        let staff = json!({ "name": "宁佳怡", "kinship": "collateral", "organisation_id": own, "position": "staff" });
        assert_eq!(bench.user("xiong.dehai").await.post("/api/v1/relatives", staff).await.status, 201);
        let body = composition(&mut bench).await;
        let members = formed(&mut bench, body, &[]).await;
        assert!(!members.iter().any(|(account, _)| account == "hao.xiulan" || account == "xiong.dehai"));
        let gone = members.iter().find(|(_, party)| party == "residents").unwrap().0.clone();
        let path = format!("/api/v1/panels/{}/declare", text(&evaluation(&mut bench, "gong.mingyue").await, "/panel/id"));
        bench.user(&gone).await.post(&path, json!({ "clear": false, "unable": true, "reason": "住院治疗,不能参加。" })).await.ok();
        // five could be drawn: nobody is left to move up
        assert_eq!(seated(&mut bench, "residents").await.len(), 4);
    }

    async fn residents_are_named_only_for_seats_that_the_lot_cannot_fill_and_with_a_public_reason(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let third = bench.cast("third_party").await;
        let body = composition(&mut bench).await;
        let (near, far) = (person(&mut bench, "hao.xiulan").await, person(&mut bench, "kang.yongfu").await);
        let mut by_hand = body.clone();
        by_hand["resident_person_ids"] = json!([near]);
        by_hand["residents_reason"] = json!(WHY);
        let refused = third.post(&at(&bench, "panel"), by_hand).await;
        assert_eq!(refused.pointers(), ["/resident_person_ids"]);
        refused.refused(422, "invalid");
        for account in ["hao.xiulan", "xiong.dehai", "lu.xiaofang"] {
            tied(&mut bench, account).await;
        }
        let short = third.post(&at(&bench, "panel"), body.clone()).await;
        assert_eq!(short.pointers(), ["/seats/residents"]);
        short.refused(422, "panel_incomplete");
        let mut by_hand = body.clone();
        by_hand["resident_person_ids"] = json!([far]);
        let wordless = third.post(&at(&bench, "panel"), by_hand.clone()).await;
        assert_eq!(wordless.pointers(), ["/residents_reason"]);
        by_hand["residents_reason"] = json!("太短");
        assert_eq!(third.post(&at(&bench, "panel"), by_hand.clone()).await.pointers(), ["/residents_reason"]);
        by_hand["residents_reason"] = json!(WHY);
        // nor somebody who must recuse himself
        let mut tied_one = by_hand.clone();
        tied_one["resident_person_ids"] = json!([near]);
        third.post(&at(&bench, "panel"), tied_one).await.refused(409, "recused");
        third.post(&at(&bench, "panel"), by_hand).await.ok();
        assert_eq!(seated(&mut bench, "residents").await.len(), 5);
        // that one was named, and why, is public at once
        let shown = draws(&bench, &bench.play.ids.evaluation).await;
        assert_eq!(shown["rounds"][0]["residents_own_choice"], json!({ "seats": 1, "reason": WHY }));
    }

    async fn a_seat_is_filled_by_name_once_the_drawn_order_is_used_up(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let third = bench.cast("third_party").await;
        let body = composition(&mut bench).await;
        formed(&mut bench, body, &[]).await;
        let far = person(&mut bench, "kang.yongfu").await;
        let fill = json!({ "resident_person_ids": [far], "residents_reason": WHY });
        let early = third.post(&at(&bench, "panel_members"), fill.clone()).await;
        assert_eq!(early.pointers(), ["/resident_person_ids"]);
        let path = format!("/api/v1/panels/{}/declare", text(&evaluation(&mut bench, "gong.mingyue").await, "/panel/id"));
        for _ in 0..3 {
            let one = seated(&mut bench, "residents").await[0]["person_id"].clone();
            for account in RESIDENTS {
                if json!(person(&mut bench, account).await) == one {
                    bench.user(account).await.post(&path, json!({ "clear": false, "unable": true, "reason": "住院治疗,不能参加。" })).await.ok();
                }
            }
        }
        assert_eq!(seated(&mut bench, "residents").await.len(), 4);
        let wordless = third.post(&at(&bench, "panel_members"), json!({ "resident_person_ids": [far] })).await;
        assert_eq!(wordless.pointers(), ["/residents_reason"]);
        third.post(&at(&bench, "panel_members"), fill).await.ok();
        assert_eq!(seated(&mut bench, "residents").await.len(), 5);
        let shown = draws(&bench, &bench.play.ids.evaluation).await;
        assert_eq!(shown["rounds"][0]["residents_own_choice"]["seats"], json!(1));
    }

    async fn where_the_survey_alone_speaks_nobody_is_drawn(bench: Bench from ReportAccepted) {
        crate::evaluations_simple::opened(&mut bench).await;
        let seat = person(&mut bench, "zhao.lei").await;
        let path = at(&bench, "panel");
        let refused = bench.user("wang.min").await.post(&path, json!({ "residents": 5, "community_person_ids": [seat] })).await;
        assert_eq!(refused.pointers(), ["/residents"]);
        refused.refused(422, "invalid");
    }
}
