//! 发榜 over HTTP: every row up to the closing and every refusal.

use crate::needs::{due, instant, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

fn at(id: &str, verb: &str) -> String {
    format!("/api/v1/postings/{id}/{verb}")
}

async fn secretary(bench: &mut Bench) -> Caller {
    bench.cast("secretary").await
}

async fn approver(bench: &mut Bench) -> Caller {
    bench.cast("street_approver").await
}

/// The posting of the story over a need just approved.
async fn body(bench: &mut Bench) -> Value {
    bench.reach(Stage::NeedApproved).await;
    bench.play.posting_body().await.unwrap()
}

async fn drafted(bench: &mut Bench, body: Value) -> String {
    let made = secretary(bench).await.post("/api/v1/postings", body).await;
    text(&made.ok(), "/id")
}

async fn submit(bench: &mut Bench, id: &str) -> Reply {
    secretary(bench)
        .await
        .post(&at(id, "submit"), json!({}))
        .await
}

async fn approve(bench: &mut Bench, id: &str) -> Reply {
    let body = json!({ "content_acknowledged": true });
    approver(bench).await.post(&at(id, "approve"), body).await
}

/// Drafted, handed in and approved.
async fn published(bench: &mut Bench, body: Value) -> Value {
    let id = drafted(bench, body).await;
    submit(bench, &id).await.ok();
    approve(bench, &id).await.ok()
}

async fn need_state(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/needs/{}", bench.play.ids.need);
    secretary(bench).await.get(&path).await.ok()["state"].clone()
}

/// The settings of the district, changed, for whatever is drafted from now on.
pub(crate) async fn district_rules(bench: &mut Bench, overrides: Value) -> Reply {
    let body = json!({ "division": "410108000000", "overrides": overrides, "reason": "按区社治委会议纪要调整" });
    bench
        .cast("district_admin")
        .await
        .post("/api/v1/procedures/open/overrides", body)
        .await
}

/// Posts the need of the story three times without a bid; answers the body of the postings.
pub(crate) async fn three_failed_rounds(bench: &mut Bench) -> Value {
    let mut body = body(bench).await;
    for round in 1..=3 {
        // the service must still lie ahead
        body["content"]["starts_on"] = json!("2026-08-03");
        body["content"]["ends_on"] = json!("2027-02-03");
        for (i, milestone) in body["content"]["milestones"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .enumerate()
        {
            milestone["due_on"] = json!(format!("2026-{:02}-01", 9 + i));
        }
        let open = published(bench, body.clone()).await;
        bench
            .advance(instant(&text(&open, "/bid_deadline")) + chrono::TimeDelta::seconds(1))
            .await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        let failed = bench
            .nobody()
            .get(&path.replace("/v1/", "/v1/public/"))
            .await
            .ok();
        assert_eq!(
            (&failed["state"], &failed["reason_code"]),
            (&json!("failed"), &json!("no_bids"))
        );
        let wanted = if round < 3 {
            "approved"
        } else {
            "under_review"
        };
        assert_eq!(need_state(bench).await, json!(wanted), "round {round}");
    }
    body
}

on_both! {
    async fn a_posting_is_open_until_the_end_of_its_fifteenth_day(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        let id = drafted(&mut bench, body).await;
        let handed_in = submit(&mut bench, &id).await.ok();
        assert_eq!((&handed_in["state"], due(&handed_in, "posting_approval").as_deref()), (&json!("pending_approval"), Some("2026-03-05T23:59:59+08:00")));
        let open = approve(&mut bench, &id).await.ok();
        assert_eq!(open["state"], json!("open"));
        assert!(text(&open, "/number").starts_with("LB-410108-2026-"), "{open}");
        assert_eq!(open["bid_deadline"], json!("2026-03-17T23:59:59+08:00"));
        assert_eq!((&open["bid_deadline_rule"], &open["provisional"]), (&json!("cd(2026-03-02,15)"), &json!(false)));
        // five working days before the deadline
        assert_eq!(open["question_deadline"], json!("2026-03-10T23:59:59+08:00"));
        assert_eq!(open["notice_hash"].as_str().unwrap().len(), 64);
        assert_eq!(need_state(&mut bench).await, json!("posted"));
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{id}")).await.ok();
        assert_eq!(public["notice_hash"], open["notice_hash"]);
    }

    async fn a_deadline_on_a_weekend_moves_to_the_next_working_day(bench: Bench) {
        // twelve days after Monday 2 March is a Saturday
        let mut body = body(&mut bench).await;
        body["overrides"]["bid_window_days"] = json!(12);
        let open = published(&mut bench, body).await;
        assert_eq!(open["bid_deadline"], json!("2026-03-16T23:59:59+08:00"));
    }

    async fn only_approved_needs_are_posted(bench: Bench from NeedApproved) {
        let good = body(&mut bench).await;
        let need = json!({ "community": "410108005003", "title": "楼道照明与夜间出行安全互助" });
        let draft = text(&secretary(&mut bench).await.post("/api/v1/needs", need).await.ok(), "/id");
        let mut bad = good.clone();
        bad["need_ids"] = json!([draft]);
        secretary(&mut bench).await.post("/api/v1/postings", bad.clone()).await.refused(422, "needs_not_approved");
        bad["need_ids"] = json!(["0198a8f0-0000-7000-8000-000000000001"]);
        let reply = secretary(&mut bench).await.post("/api/v1/postings", bad).await;
        assert_eq!(reply.pointers(), ["/need_ids/0"]);
        reply.refused(422, "invalid");
        // the need goes while the posting waits for approval
        let id = drafted(&mut bench, good).await;
        submit(&mut bench, &id).await.ok();
        let withdraw = format!("/api/v1/needs/{}/withdraw", bench.play.ids.need);
        secretary(&mut bench).await.post(&withdraw, json!({ "reason": "居民已自行解决此事" })).await.ok();
        approve(&mut bench, &id).await.refused(422, "needs_not_approved");
    }

    async fn a_need_stands_in_one_posting_at_a_time(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        drafted(&mut bench, body.clone()).await;
        secretary(&mut bench).await.post("/api/v1/postings", body).await.refused(409, "need_taken");
    }

    async fn nobody_approves_what_he_drafted(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        let drafter = bench.cast("street_officer").await;
        let id = text(&drafter.post("/api/v1/postings", body).await.ok(), "/id");
        drafter.post(&at(&id, "submit"), json!({})).await.ok();
        drafter.post(&at(&id, "approve"), json!({ "content_acknowledged": true })).await.refused(409, "same_person");
        let approver = approver(&mut bench).await;
        approver.post(&at(&id, "approve"), json!({ "content_acknowledged": false })).await.refused(422, "content_not_acknowledged");
        assert_eq!(approve(&mut bench, &id).await.ok()["state"], json!("open"));
        approve(&mut bench, &id).await.refused(409, "invalid_transition");
    }

    async fn a_ceiling_at_the_procurement_limit_is_another_procedure(bench: Bench from NeedApproved) {
        let mut body = body(&mut bench).await;
        body["budget_ceiling_fen"] = json!(100_000_000);
        secretary(&mut bench).await.post("/api/v1/postings", body.clone()).await.refused(422, "procurement_limit");
        body["budget_ceiling_fen"] = json!(99_999_999);
        let id = drafted(&mut bench, body).await;
        // the district lowers the limit while the draft waits
        district_rules(&mut bench, json!({ "procurement_limit_fen": 99_999_999 })).await.ok();
        submit(&mut bench, &id).await.refused(422, "procurement_limit");
        let path = format!("/api/v1/postings/{id}");
        secretary(&mut bench).await.patch(&path, 1, json!({ "budget_ceiling_fen": 99_999_998 })).await.ok();
        submit(&mut bench, &id).await.ok();
    }

    async fn the_sixth_open_posting_of_a_community_waits(bench: Bench) {
        let mut ids = Vec::new();
        for _ in 0..5 {
            let body = body(&mut bench).await;
            ids.push(text(&published(&mut bench, body).await, "/id"));
        }
        let body = body(&mut bench).await;
        let sixth = drafted(&mut bench, body).await;
        submit(&mut bench, &sixth).await.ok();
        let problem = approve(&mut bench, &sixth).await.refused(409, "cap_reached");
        assert!(text(&problem, "/detail").contains("5/5"), "{problem}");
        let cancel = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
        approver(&mut bench).await.post(&at(&ids[0], "cancel"), cancel).await.ok();
        approve(&mut bench, &sixth).await.ok();
    }

    async fn a_returned_draft_can_be_changed_and_handed_in_again(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        let id = drafted(&mut bench, body).await;
        submit(&mut bench, &id).await.ok();
        let path = format!("/api/v1/postings/{id}");
        secretary(&mut bench).await.patch(&path, 2, json!({ "title": "等待审批时不能改" })).await.refused(409, "invalid_transition");
        let approver = approver(&mut bench).await;
        approver.post(&at(&id, "return"), json!({ "reason": "无" })).await.refused(422, "invalid");
        let back = approver.post(&at(&id, "return"), json!({ "reason": "请补充最低服务数量的说明" })).await.ok();
        assert_eq!((&back["state"], &back["reason"], due(&back, "posting_approval")), (&json!("draft"), &json!("请补充最低服务数量的说明"), None));
        secretary(&mut bench).await.patch(&path, 3, json!({ "title": "乐邻老伙伴结对陪伴服务(修订)" })).await.ok();
        submit(&mut bench, &id).await.ok();
        assert_eq!(approve(&mut bench, &id).await.ok()["title"], json!("乐邻老伙伴结对陪伴服务(修订)"));
    }

    async fn a_scheduled_posting_opens_by_the_clock(bench: Bench from NeedApproved) {
        let mut body = body(&mut bench).await;
        body["publish_at"] = json!("2026-03-05T09:00:00+08:00");
        let waiting = published(&mut bench, body).await;
        let id = text(&waiting, "/id");
        assert_eq!((&waiting["state"], &waiting["published_at"]), (&json!("scheduled"), &Value::Null));
        // until then only the officials of the place see it
        let public = format!("/api/v1/public/postings/{id}");
        bench.nobody().get(&public).await.refused(404, "not_found");
        bench.user("ning.jiayi").await.get(&format!("/api/v1/postings/{id}")).await.refused(404, "not_found");
        assert_eq!(need_state(&mut bench).await, json!("approved"));
        bench.advance(instant("2026-03-05T09:00:00+08:00")).await;
        bench.nobody().get(&public).await.refused(404, "not_found");
        bench.advance(instant("2026-03-05T09:00:01+08:00")).await;
        let open = bench.nobody().get(&public).await.ok();
        // fifteen days from the day it opened, not from its approval
        assert_eq!((&open["state"], &open["bid_deadline"]), (&json!("open"), &json!("2026-03-20T23:59:59+08:00")));
        assert_eq!(need_state(&mut bench).await, json!("posted"));
    }

    async fn a_cancelled_posting_gives_need_and_bids_back(bench: Bench from BidsSubmitted) {
        let id = bench.play.ids.posting.clone();
        let body = json!({ "ground": "major_change", "reason": "服务对象发生重大变化,需要重新设计" });
        secretary(&mut bench).await.post(&at(&id, "cancel"), body.clone()).await.refused(403, "forbidden");
        let reply = approver(&mut bench).await.post(&at(&id, "cancel"), json!({ "ground": "mood", "reason": "服务对象发生重大变化" })).await;
        assert_eq!(reply.pointers(), ["/ground"]);
        reply.refused(422, "invalid");
        let done = approver(&mut bench).await.post(&at(&id, "cancel"), body).await.ok();
        assert_eq!((&done["state"], &done["reason_code"], &done["deadlines"]), (&json!("cancelled"), &json!("major_change"), &json!([])));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
        let bid = bench.play.ids.bids["lelin"].clone();
        assert_eq!(bench.cast("winner_agent").await.get(&format!("/api/v1/bids/{bid}")).await.ok()["state"], json!("withdrawn"));
        // nobody else ever learns of the bids of a cancelled posting
        approver(&mut bench).await.get(&format!("/api/v1/bids/{bid}")).await.refused(404, "not_found");
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let after = approver(&mut bench).await.get(&format!("/api/v1/postings/{id}")).await.ok();
        assert_eq!(after["state"], json!("cancelled"), "its deadline passes without effect");
    }

    async fn each_middle_tranche_needs_a_milestone(bench: Bench from NeedApproved) {
        let mut body = body(&mut bench).await;
        // three milestones of the story carry five tranches, not six
        body["overrides"]["tranches"] = json!([20, 20, 20, 20, 10, 10]);
        secretary(&mut bench).await.post("/api/v1/postings", body.clone()).await.refused(422, "incomplete");
        body["overrides"]["tranches"] = json!([20, 20, 20, 20, 20]);
        let id = drafted(&mut bench, body).await;
        submit(&mut bench, &id).await.ok();
    }

    async fn the_rules_of_a_published_posting_are_frozen(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        let open = published(&mut bench, body).await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        let version = open["version"].as_i64().unwrap();
        for change in [json!({ "budget_ceiling_fen": 1 }), json!({ "overrides": { "bid_window_days": 30 } }), json!({ "title": "改动后的标题" })] {
            bench.cast("street_officer").await.patch(&path, version, change.clone()).await.refused(409, "invalid_transition");
            secretary(&mut bench).await.patch(&path, version, change).await.refused(409, "invalid_transition");
        }
        district_rules(&mut bench, json!({ "threshold": 75 })).await.ok();
        let after = secretary(&mut bench).await.get(&path).await.ok();
        assert_eq!((&after["procedure"], &after["notice_hash"], &after["version"]), (&open["procedure"], &open["notice_hash"], &open["version"]));
        // what is drafted from now on follows the new rules
        let next = self::body(&mut bench).await;
        let next = published(&mut bench, next).await;
        assert_eq!((&next["procedure"]["threshold"], &open["procedure"]["threshold"]), (&json!(75), &json!(60)));
    }

    async fn without_bids_a_posting_fails_and_after_three_rounds_the_need_is_reviewed(bench: Bench from NeedApproved) {
        let body = three_failed_rounds(&mut bench).await;
        secretary(&mut bench).await.post("/api/v1/postings", body).await.refused(422, "needs_not_approved");
    }

    async fn the_demo_posts_a_failed_round_again(bench: Bench from PostingOpen) {
        let first_story = bench.play.ids.posting.clone();
        bench.play.posted_again().await.unwrap();
        assert_eq!(bench.play.ids.posting, first_story);
        let open = bench.nobody().get("/api/v1/public/postings?state=open").await.ok();
        let number = text(&open, "/items/0/number");
        assert!(number.ends_with("-R2"), "{number}");
    }

    async fn the_demo_lets_residents_order_a_micro_wish(bench: Bench) {
        bench.play.micro_wish().await.unwrap();
        let done = bench.nobody().get("/api/v1/public/postings?type=micro").await.ok();
        assert_eq!((&done["items"][0]["state"], &done["items"][1]), (&json!("completed"), &Value::Null));
    }

    async fn only_officials_of_the_place_draft_and_see_drafts(bench: Bench from NeedApproved) {
        let body = body(&mut bench).await;
        for stranger in ["mao.xinmin", "gao.xiangyu", "xue.chunmei", "ning.jiayi", "he.zhengqing"] {
            bench.user(stranger).await.post("/api/v1/postings", body.clone()).await.refused(403, "forbidden");
        }
        bench.nobody().post("/api/v1/postings", body.clone()).await.refused(401, "unauthenticated");
        let id = drafted(&mut bench, body).await;
        for stranger in ["mao.xinmin", "gao.xiangyu", "xue.chunmei", "ning.jiayi", "qin.shuyao"] {
            let stranger = bench.user(stranger).await;
            stranger.get(&format!("/api/v1/postings/{id}")).await.refused(404, "not_found");
            stranger.post(&at(&id, "submit"), json!({})).await.refused(404, "not_found");
        }
        bench.nobody().get(&format!("/api/v1/public/postings/{id}")).await.refused(404, "not_found");
        submit(&mut bench, &id).await.ok();
        secretary(&mut bench).await.post(&at(&id, "approve"), json!({ "content_acknowledged": true })).await.refused(403, "forbidden");
        secretary(&mut bench).await.post(&at(&id, "return"), json!({ "reason": "书记不能退回自己的稿" })).await.refused(403, "forbidden");
        bench.user("he.zhengqing").await.post(&at(&id, "approve"), json!({ "content_acknowledged": true })).await.refused(403, "forbidden");
    }
}
