//! 承榜 over HTTP: the panel, its sealed sheets, the ranking, the publicity and the notice.

use crate::needs::{due, instant, text};
use crate::postings::district_rules;
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_server::demo::play::{accounts_with, agent_of};
use wubang_store::holds;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

async fn street(bench: &mut Bench) -> Caller {
    bench.cast("street_officer").await
}

/// An address of the posting.
pub(crate) fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

fn bid(bench: &Bench, key: &str) -> String {
    bench.play.ids.bids[key].clone()
}

/// Three bids, opened and found eligible.
pub(crate) async fn qualified(bench: &mut Bench) {
    bench.reach(Stage::BidsQualified).await;
}

/// One bid only, opened and found eligible.
async fn one_qualified(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
    let words = bench.play.bid_of("lelin").unwrap();
    bench.play.bid_submitted("lelin", &words).await.unwrap();
    bench.play.bids_qualified().await.unwrap();
}

/// An award in publicity.
async fn proposed(bench: &mut Bench) {
    bench.reach(Stage::AwardProposed).await;
}

/// The named seats of the story.
async fn named(bench: &mut Bench) -> Value {
    let community = bench.person("cao.junjie").await;
    let department = bench.person("luo.jianguo").await;
    json!({ "community_person_ids": [community], "department_person_ids": [department] })
}

async fn form(bench: &mut Bench, body: Value) -> Reply {
    let path = at(bench, "panel");
    street(bench).await.post(&path, body).await
}

/// Accounts of the members that sit.
pub(crate) async fn seats(bench: &mut Bench) -> Vec<String> {
    let path = at(bench, "panel");
    let panel = street(bench).await.get(&path).await.ok();
    let mut accounts = accounts_with("expert", None).unwrap();
    accounts.extend(["cao.junjie".to_owned(), "luo.jianguo".to_owned()]);
    let mut seats = Vec::new();
    for account in accounts {
        let person = json!(bench.person(&account).await);
        let sits =
            |member: &Value| member["person_id"] == person && member["active"] == json!(true);
        if panel["members"].as_array().unwrap().iter().any(sits) {
            seats.push(account);
        }
    }
    assert_eq!(seats.len(), 5, "{panel}");
    seats
}

pub(crate) async fn start(bench: &mut Bench) -> Reply {
    let path = at(bench, "start_evaluation");
    street(bench).await.post(&path, json!({})).await
}

/// Points of forty per cent each, the least that need no reason.
fn low() -> Value {
    json!({ "plan": 14, "team": 10, "track_record": 6, "budget": 6, "sustainability": 4 })
}

pub(crate) async fn score(bench: &mut Bench, account: &str, key: &str, points: Value) -> Reply {
    let body = json!({ "bid_id": bid(bench, key), "points": points });
    let path = at(bench, "score_sheets");
    bench.user(account).await.post(&path, body).await
}

pub(crate) async fn propose(bench: &mut Bench, key: &str) -> Reply {
    let body = json!({ "bid_id": bid(bench, key), "reason": "按照评审排名提出拟承榜对象" });
    let path = at(bench, "propose_award");
    street(bench).await.post(&path, body).await
}

async fn reject_all(bench: &mut Bench) -> Reply {
    let path = at(bench, "reject_all");
    let body = json!({ "reason": "没有一份达到合格线" });
    street(bench).await.post(&path, body).await
}

pub(crate) async fn see_bid(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bid(bench, key));
    let agent = agent_of(key, "org_agent").unwrap();
    bench.user(&agent).await.get(&path).await.ok()
}

pub(crate) async fn award(bench: &mut Bench, id: &str) -> Value {
    let path = format!("/api/v1/awards/{id}");
    street(bench).await.get(&path).await.ok()
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    street(bench).await.get(&path).await.ok()
}

async fn notice(bench: &mut Bench, id: &str) -> Reply {
    let path = format!("/api/v1/awards/{id}/issue_notice");
    street(bench).await.post(&path, json!({})).await
}

/// Holds the award as an accepted objection does.
async fn hold(bench: &Bench, award: &str) -> Uuid {
    let store = &bench.running.store;
    let tx = store.write(&Who::system("tests")).await.unwrap();
    let id = Uuid::parse_str(award).unwrap();
    let hold = holds::place(&tx, "award", id, "objection").await.unwrap();
    tx.commit().await.unwrap();
    hold
}

async fn release(bench: &Bench, hold: Uuid) {
    let store = &bench.running.store;
    let tx = store.write(&Who::system("tests")).await.unwrap();
    holds::release(&tx, hold).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_panel_is_composed_as_the_rules_say(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let good = named(&mut bench).await;
        start(&mut bench).await.refused(422, "panel_incomplete");
        let mut short = good.clone();
        short["department_person_ids"] = json!([]);
        let problem = form(&mut bench, short).await.refused(422, "panel_incomplete");
        assert!(text(&problem, "/detail").contains("职能部门应有 1 人,实有 0 人"), "{problem}");
        // a resident cannot sit for the street, and the secretary cannot form the panel
        let mut wrong = good.clone();
        wrong["community_person_ids"] = json!([bench.person("xue.chunmei").await]);
        let reply = form(&mut bench, wrong).await;
        assert_eq!(reply.pointers(), ["/community_person_ids/0"]);
        reply.refused(422, "invalid");
        let path = at(&bench, "panel");
        bench.cast("secretary").await.post(&path, good.clone()).await.refused(403, "forbidden");
        let panel = form(&mut bench, good.clone()).await.ok();
        let parties: Vec<String> = panel["members"].as_array().unwrap().iter().map(|one| text(one, "/party")).collect();
        assert_eq!(parties, ["experts", "experts", "experts", "community", "departments"]);
        assert_eq!((&panel["draw_nonce"], panel["draw_commitment"].as_str().unwrap().len()), (&Value::Null, 64));
        form(&mut bench, good).await.refused(409, "duplicate");
        // before the declarations nothing is opened to the members
        start(&mut bench).await.refused(422, "recusal_unsigned");
        let path = format!("/api/v1/bids/{}", bid(&bench, "lelin"));
        bench.user("luo.jianguo").await.get(&path).await.refused(404, "not_found");
    }

    async fn who_works_for_a_bidder_does_not_judge(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let (cao, lelin) = (bench.person("cao.junjie").await, bench.organisation("lelin").await);
        let grant = json!({ "role": "org_agent", "scope": { "organisation": lelin } });
        bench.cast("district_admin").await.post(&format!("/api/v1/people/{cao}/grants"), grant).await.ok();
        let body = named(&mut bench).await;
        form(&mut bench, body).await.refused(409, "recused");
    }

    async fn a_recused_expert_is_replaced_by_the_next_drawn(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let body = named(&mut bench).await;
        let panel = form(&mut bench, body).await.ok();
        let declare = format!("/api/v1/panels/{}/declare", text(&panel, "/id"));
        let before = seats(&mut bench).await;
        let leaver = before[0].clone();
        let caller = bench.user(&leaver).await;
        let reply = caller.post(&declare, json!({ "clear": false })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        caller.post(&declare, json!({ "clear": false, "reason": "与揭榜组织负责人系亲属" })).await.ok();
        let after = seats(&mut bench).await;
        assert!(!after.contains(&leaver) && after.iter().filter(|one| before.contains(one)).count() == 4, "{before:?} {after:?}");
        caller.get(&at(&bench, "panel")).await.refused(404, "not_found");
        bench.user("ning.jiayi").await.post(&declare, json!({ "clear": true })).await.refused(404, "not_found");
        for account in after {
            bench.user(&account).await.post(&declare, json!({ "clear": true })).await.ok();
        }
        bench.user("cao.junjie").await.post(&declare, json!({ "clear": true })).await.refused(409, "already_signed");
        assert_eq!(start(&mut bench).await.ok()["state"], json!("evaluating"));
        start(&mut bench).await.refused(409, "invalid_transition");
    }

    async fn a_member_who_recused_himself_does_not_decide_either(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let mut body = named(&mut bench).await;
        body["community_person_ids"] = json!([bench.person("wang.min").await]);
        let panel = form(&mut bench, body).await.ok();
        let declare = format!("/api/v1/panels/{}/declare", text(&panel, "/id"));
        let wang = street(&mut bench).await;
        wang.post(&declare, json!({ "clear": false, "reason": "与揭榜组织存在利害关系" })).await.ok();
        start(&mut bench).await.refused(422, "panel_incomplete");
        let fill = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [] });
        let refilled = form(&mut bench, fill).await.ok();
        assert_eq!(refilled["members"].as_array().unwrap().iter().filter(|one| one["active"] == json!(true)).count(), 5);
        for account in seats(&mut bench).await {
            bench.user(&account).await.post(&declare, json!({ "clear": true })).await.ok();
        }
        bench.play.bids_scored().await.unwrap();
        propose(&mut bench, "lelin").await.refused(409, "recused");
        let path = at(&bench, "propose_award");
        let body = json!({ "bid_id": bid(&bench, "lelin"), "reason": "按照评审排名提出拟承榜对象" });
        bench.user("dong.siyu").await.post(&path, body).await.ok();
    }

    async fn every_bid_is_checked_and_there_are_enough_of_them(bench: Bench) {
        // this district wants three valid bids
        district_rules(&mut bench, json!({ "min_valid_bids": 3 })).await.ok();
        bench.reach(Stage::DeadlinePassed).await;
        bench.advance(instant("2026-03-18T09:00:00+08:00")).await;
        let street = street(&mut bench).await;
        for key in ["lelin", "yinxing"] {
            street.post(&format!("/api/v1/bids/{}/qualify", bid(&bench, key)), json!({})).await.ok();
        }
        let body = named(&mut bench).await;
        bench.play.panel_formed().await.unwrap();
        form(&mut bench, body).await.refused(409, "duplicate");
        start(&mut bench).await.refused(422, "incomplete");
        let third = format!("/api/v1/bids/{}", bid(&bench, "xinhuo"));
        street.post(&format!("{third}/propose_disqualification"), json!({ "ground": "not_responsive", "reason": "方案没有响应最低服务数量" })).await.ok();
        bench.cast("street_approver").await.post(&format!("{third}/confirm_disqualification"), json!({})).await.ok();
        start(&mut bench).await.refused(422, "too_few_bids");
    }

    async fn a_sheet_is_ones_own_once_and_well_reasoned(bench: Bench from PostingOpen) {
        one_qualified(&mut bench).await;
        let body = json!({ "bid_id": bid(&bench, "lelin"), "points": low() });
        bench.play.panel_formed().await.unwrap();
        let seats = seats(&mut bench).await;
        let path = at(&bench, "score_sheets");
        bench.user(&seats[0]).await.post(&path, body.clone()).await.refused(409, "invalid_transition");
        start(&mut bench).await.ok();
        // who does not sit does not score: the street organises, the bidder waits
        street(&mut bench).await.post(&path, body.clone()).await.refused(403, "forbidden");
        bench.user("ning.jiayi").await.post(&path, body.clone()).await.refused(404, "not_found");
        let member = bench.user(&seats[0]).await;
        let mut wrong = body.clone();
        wrong["points"] = json!({ "plan": 36, "team": -1, "track_record": 15, "budget": 5, "extra": 1 });
        wrong["reasons"] = json!({ "team": "短" });
        let reply = member.post(&path, wrong).await;
        let mut pointers = reply.pointers();
        pointers.sort();
        assert_eq!(pointers, ["/points/extra", "/points/plan", "/points/sustainability", "/points/team", "/reasons/budget", "/reasons/team", "/reasons/track_record"]);
        reply.refused(422, "invalid");
        let mut halves = body.clone();
        halves["points"]["plan"] = json!(14.5);
        let reply = member.post(&path, halves).await;
        assert_eq!(reply.pointers(), ["/points/plan"]);
        reply.refused(422, "invalid");
        let mut unknown = body.clone();
        unknown["bid_id"] = json!(bench.play.ids.posting);
        member.post(&path, unknown).await.refused(422, "invalid");
        let sheet = member.post(&path, body.clone()).await.ok();
        assert_eq!(sheet["total"], json!(40));
        member.post(&path, body).await.refused(409, "duplicate");
        // each reads his own; the street only how many are in
        assert_eq!(member.get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
        for other in [&seats[1], "wang.min", "he.zhengqing", "wei.guohua"] {
            let seen = bench.user(other).await.get(&path).await.ok();
            assert_eq!(seen["items"], json!([]), "{other}");
        }
        for stranger in ["zhao.lei", "ning.jiayi", "xue.chunmei", "gong.mingyue"] {
            bench.user(stranger).await.get(&path).await.refused(404, "not_found");
        }
        let sign = at(&bench, "sign_report");
        member.post(&sign, json!({})).await.refused(422, "sheets_missing");
        member.get(&at(&bench, "report")).await.refused(404, "not_found");
        propose(&mut bench, "lelin").await.refused(422, "report_unsigned");
        for account in &seats[1..] {
            score(&mut bench, account, "lelin", low()).await.ok();
        }
        // the sheets are in, but four have not signed yet
        member.post(&sign, json!({})).await.ok();
        propose(&mut bench, "lelin").await.refused(422, "report_unsigned");
        reject_all(&mut bench).await.refused(422, "report_unsigned");
        street(&mut bench).await.post(&sign, json!({})).await.refused(403, "forbidden");
        // the supervisor reads every sheet once scoring is complete; the street still none
        assert_eq!(bench.user("he.zhengqing").await.get(&path).await.ok()["items"].as_array().unwrap().len(), 5);
        assert_eq!(street(&mut bench).await.get(&path).await.ok()["items"], json!([]));
    }

    async fn totals_are_the_means_and_the_street_follows_the_ranking(bench: Bench from BidsScored) {
        let path = at(&bench, "report");
        let report = street(&mut bench).await.get(&path).await.ok();
        let rows: Vec<(String, String, i64)> = report["ranking"].as_array().unwrap().iter()
            .map(|row| (text(row, "/bid_id"), text(row, "/total"), row["rank"].as_i64().unwrap())).collect();
        // 437 / 5, 391 / 5 and 331 / 5 points
        assert_eq!(rows, [(bid(&bench, "lelin"), "87.40".to_owned(), 1), (bid(&bench, "yinxing"), "78.20".to_owned(), 2), (bid(&bench, "xinhuo"), "66.20".to_owned(), 3)]);
        // 31 + 30 + 31 + 32 + 31 of the plan
        let plan = report["ranking"][0]["means"].as_array().unwrap().iter().find(|mean| mean["key"] == json!("plan")).cloned();
        assert_eq!(plan.unwrap()["mean"], json!("31.00"));
        assert_eq!((report["signatures"].as_array().unwrap().len(), report["signed_at"].is_string()), (5, true));
        propose(&mut bench, "yinxing").await.refused(422, "rank_not_followed");
        reject_all(&mut bench).await.refused(422, "rank_not_followed");
        let path = at(&bench, "propose_award");
        let good = json!({ "bid_id": bid(&bench, "lelin"), "reason": "按照评审排名提出拟承榜对象" });
        bench.cast("secretary").await.post(&path, good.clone()).await.refused(403, "forbidden");
        let reply = street(&mut bench).await.post(&path, json!({ "bid_id": bench.play.ids.need, "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let award = street(&mut bench).await.post(&path, good).await.ok();
        assert_eq!((&award["state"], &award["rank"], &award["total"], &award["price_fen"]), (&json!("in_publicity"), &json!(1), &json!("87.40"), &json!(4_680_000)));
        propose(&mut bench, "yinxing").await.refused(409, "duplicate");
        for (key, state) in [("lelin", "recommended"), ("yinxing", "reserve"), ("xinhuo", "reserve")] {
            assert_eq!(see_bid(&mut bench, key).await["state"], json!(state));
        }
    }

    async fn below_the_threshold_all_are_rejected(bench: Bench from PostingOpen) {
        one_qualified(&mut bench).await;
        bench.play.panel_formed().await.unwrap();
        start(&mut bench).await.ok();
        let seats = seats(&mut bench).await;
        for account in &seats {
            score(&mut bench, account, "lelin", low()).await.ok();
        }
        let sign = at(&bench, "sign_report");
        for account in &seats {
            bench.user(account).await.post(&sign, json!({})).await.ok();
        }
        bench.user(&seats[0]).await.post(&sign, json!({})).await.refused(409, "already_signed");
        propose(&mut bench, "lelin").await.refused(422, "below_threshold");
        assert_eq!(reject_all(&mut bench).await.ok()["state"], json!("failed"));
        assert_eq!(posting(&mut bench).await["reason_code"], json!("all_rejected"));
        assert_eq!(see_bid(&mut bench, "lelin").await["state"], json!("not_selected"));
        reject_all(&mut bench).await.refused(409, "invalid_transition");
    }

    async fn a_publicity_lasts_five_working_days(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = bench.play.ids.award.clone();
        let shown = award(&mut bench, &id).await;
        // proposed in the small hours of Wednesday 18 March: 19, 20, 23, 24, 25
        assert_eq!(shown["publicity_ends_at"], json!("2026-03-25T23:59:59+08:00"));
        assert_eq!(due(&shown, "award_publicity").as_deref(), Some("2026-03-25T23:59:59+08:00"));
        let page = bench.nobody().get(&format!("/api/v1/public/awards/{id}")).await.ok();
        assert_eq!((&page["publicity"]["awardee"], &page["panel_names"]), (&json!("郑州市惠济区乐邻社会工作服务中心"), &json!([])));
        assert_eq!(page["publicity"]["totals"], json!([{ "rank": 1, "total": "87.40" }, { "rank": 2, "total": "78.20" }, { "rank": 3, "total": "66.20" }]));
        assert_eq!(page["publicity_hash"], json!(wubang_kernel::digest::content_hash(&page["publicity"])));
        notice(&mut bench, &id).await.refused(409, "invalid_transition");
        bench.advance(instant("2026-03-25T23:59:59+08:00")).await;
        assert_eq!(award(&mut bench, &id).await["state"], json!("in_publicity"));
        bench.advance(instant("2026-03-26T00:00:00+08:00")).await;
        let confirmed = award(&mut bench, &id).await;
        assert_eq!((&confirmed["state"], due(&confirmed, "award_notice").as_deref()), (&json!("confirmed"), Some("2026-03-30T23:59:59+08:00")));
        assert_eq!(posting(&mut bench).await["state"], json!("awarded"));
    }

    async fn a_publicity_begun_after_five_in_the_afternoon_counts_from_the_next_working_day(bench: Bench from BidsScored) {
        // Friday, half past five: it counts as Monday 23 March
        bench.advance(instant("2026-03-20T17:30:00+08:00")).await;
        let late = propose(&mut bench, "lelin").await.ok();
        assert_eq!(late["publicity_starts_at"], json!("2026-03-23T00:00:00+08:00"));
        assert_eq!(late["publicity_ends_at"], json!("2026-03-30T23:59:59+08:00"));
    }

    async fn an_open_objection_holds_publicity_and_notice(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = bench.play.ids.award.clone();
        let first = hold(&bench, &id).await;
        bench.advance(instant("2026-03-27T09:00:00+08:00")).await;
        assert_eq!(award(&mut bench, &id).await["state"], json!("in_publicity"), "the hold outlives the publicity");
        release(&bench, first).await;
        bench.work().await;
        assert_eq!(award(&mut bench, &id).await["state"], json!("confirmed"));
        let second = hold(&bench, &id).await;
        notice(&mut bench, &id).await.refused(409, "open_hold");
        let actions = street(&mut bench).await.get(&format!("/api/v1/awards/{id}/actions")).await.ok();
        assert!(actions["refused"].as_array().unwrap().iter().any(|one| one["action"] == json!("issue_notice") && one["code"] == json!("open_hold")), "{actions}");
        release(&bench, second).await;
        assert_eq!(notice(&mut bench, &id).await.ok()["state"], json!("notified"));
    }

    async fn the_notice_opens_to_each_bidder_his_own_total(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = bench.play.ids.award.clone();
        bench.advance(instant("2026-03-26T09:00:00+08:00")).await;
        for key in ["lelin", "yinxing", "xinhuo"] {
            let own = see_bid(&mut bench, key).await;
            assert_eq!((&own["total"], &own["rank"], &own["means"]), (&Value::Null, &Value::Null, &json!([])), "{key} before the notice");
        }
        bench.cast("secretary").await.post(&format!("/api/v1/awards/{id}/issue_notice"), json!({})).await.refused(403, "forbidden");
        let done = notice(&mut bench, &id).await.ok();
        // T17: thirty calendar days from 26 March end on Saturday 25 April, moved to Monday
        assert_eq!((&done["state"], &done["sign_by"]), (&json!("notified"), &json!("2026-04-27T23:59:59+08:00")));
        for (key, total, rank) in [("lelin", "87.40", 1), ("yinxing", "78.20", 2), ("xinhuo", "66.20", 3)] {
            let own = see_bid(&mut bench, key).await;
            assert_eq!((&own["total"], &own["rank"]), (&json!(total), &json!(rank)), "{key}");
            assert_eq!(own["means"].as_array().unwrap().len(), 5);
        }
        bench.work().await;
        let told = bench.mails.sent();
        let told: Vec<_> = told.iter().filter(|mail| mail.body.contains("名次:")).collect();
        assert!(told.iter().all(|mail| !mail.body.contains("87.40") && !mail.body.contains("名次:1")), "{told:?}");
        let second = told.iter().find(|mail| mail.body.contains("名次:2") && mail.body.contains("总分:78.20"));
        // every criterion by its name
        assert!(second.is_some_and(|mail| mail.body.contains("各项平均:需求理解与服务方案 ")), "{told:?}");
        // nobody else's bid, though
        let other = format!("/api/v1/bids/{}", bid(&bench, "lelin"));
        bench.user("wei.xiaoqian").await.get(&other).await.refused(404, "not_found");
        let page = bench.nobody().get(&format!("/api/v1/public/awards/{id}")).await.ok();
        assert_eq!(page["panel_names"].as_array().unwrap().len(), 5, "the panel is public now");
        notice(&mut bench, &id).await.refused(409, "invalid_transition");
    }

    async fn when_the_first_declines_the_reserve_follows(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = bench.play.ids.award.clone();
        bench.advance(instant("2026-03-26T09:00:00+08:00")).await;
        notice(&mut bench, &id).await.ok();
        let decline = format!("/api/v1/awards/{id}/decline");
        let reason = json!({ "reason": "承接能力发生变化,放弃承榜" });
        bench.cast("winner_agent").await.post(&decline, reason.clone()).await.refused(403, "forbidden");
        bench.cast("winner_legal_rep").await.post(&decline, json!({ "reason": "无" })).await.refused(422, "invalid");
        let gone = bench.cast("winner_legal_rep").await.post(&decline, reason).await.ok();
        assert_eq!((&gone["state"], &gone["reason_code"]), (&json!("declined"), &json!("declined")));
        let waiting = posting(&mut bench).await;
        assert_eq!((&waiting["state"], due(&waiting, "award_decision").is_some()), (&json!("award_publicity"), true));
        propose(&mut bench, "lelin").await.refused(422, "rank_not_followed");
        propose(&mut bench, "xinhuo").await.refused(422, "rank_not_followed");
        let next = propose(&mut bench, "yinxing").await.ok();
        let next_id = text(&next, "/id");
        assert_eq!((&next["rank"], &next["total"]), (&json!(2), &json!("78.20")));
        let over = instant(&text(&next, "/publicity_ends_at")) + chrono::TimeDelta::seconds(1);
        bench.advance(over).await;
        assert_eq!(notice(&mut bench, &next_id).await.ok()["state"], json!("notified"));
        assert_eq!(see_bid(&mut bench, "yinxing").await["state"], json!("awarded"));
        assert_eq!(see_bid(&mut bench, "lelin").await["state"], json!("declined"));
    }

    async fn an_agreement_not_signed_in_time_lapses_and_without_reserve_the_posting_fails(bench: Bench from PostingOpen) {
        one_qualified(&mut bench).await;
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.advance(instant("2026-03-26T09:00:00+08:00")).await;
        let id = bench.play.ids.award.clone();
        let sign_by = instant(&text(&award(&mut bench, &id).await, "/sign_by"));
        bench.advance(sign_by).await;
        assert_eq!(award(&mut bench, &id).await["state"], json!("notified"));
        bench.advance(sign_by + chrono::TimeDelta::seconds(1)).await;
        let lapsed = award(&mut bench, &id).await;
        assert_eq!((&lapsed["state"], &lapsed["reason_code"]), (&json!("lapsed"), &json!("agreement_not_signed")));
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_candidate")));
        notice(&mut bench, &id).await.refused(409, "invalid_transition");
    }

    async fn a_cancelled_posting_ends_the_publicity_of_its_award(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let cancel = json!({ "ground": "ordered_by_supervisor", "reason": "监督部门要求撤榜" });
        let path = at(&bench, "cancel");
        bench.cast("supervisor").await.post(&path, cancel).await.ok();
        let id = bench.play.ids.award.clone();
        let gone = award(&mut bench, &id).await;
        assert_eq!((&gone["state"], &gone["reason_code"], &gone["deadlines"]), (&json!("lapsed"), &json!("posting_cancelled"), &json!([])));
    }
}
