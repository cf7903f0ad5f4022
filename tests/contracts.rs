//! 承榜协议 and 实施 over HTTP: signatures, milestones, payments, the completion report.

use crate::scenes::{
    day_after, grant, hold, instant, list, number, recorded, release, seen, story, text,
};
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Stage, on_both};

const COMMUNITY: &str = "410108005003";

/// The agreement as the street sees it.
async fn contract(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
    seen(bench, "wang.min", &path).await
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/contracts/{}/{verb}", bench.play.ids.contract)
}

async fn milestone(bench: &mut Bench, place: usize) -> Value {
    list(&contract(bench).await, "/milestones")[place].clone()
}

async fn payment(bench: &mut Bench, place: usize) -> Value {
    list(&contract(bench).await, "/payments")[place].clone()
}

/// Evidence for every indicator of a milestone.
pub(crate) fn evidence(milestone: &Value) -> Value {
    let indicators = list(milestone, "/indicators").into_iter().map(|row| {
        json!({ "name": row["name"], "actual": row["target"], "evidence": "见随附汇总表与现场记录。" })
    });
    json!({ "summary": "本阶段任务已全部完成,详见附件。", "indicators": indicators.collect::<Vec<_>>(), "volunteer_hours": 10 })
}

/// The work has begun; the first milestone is handed in; answers its address.
async fn handed_in(bench: &mut Bench, place: usize) -> String {
    bench.play.work_started().await.unwrap();
    bench.forget();
    let milestone = milestone(bench, place).await;
    let path = format!("/api/v1/milestones/{}", text(&milestone, "/id"));
    let agent = bench.cast("winner_agent").await;
    let after = agent
        .post(&format!("{path}/submit"), evidence(&milestone))
        .await
        .ok();
    assert_eq!(after["state"], json!("submitted"));
    path
}

async fn sign(bench: &Bench, who: &Caller, hash: &str) -> wubang_testkit::Reply {
    who.post(&at(bench, "sign"), json!({ "content_hash": hash }))
        .await
}

on_both! {
    async fn both_parties_sign_and_the_price_is_cut_into_tranches(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let contract = contract(&mut bench).await;
        assert_eq!(contract["state"], json!("signed"));
        assert_eq!(contract["price_fen"], json!(4_680_000));
        let amounts: Vec<i64> = list(&contract, "/payments").iter().map(|one| number(one, "/amount_fen")).collect();
        // 50, 30 and 20 percent of 46 800.00 yuan
        assert_eq!(amounts, [2_340_000, 1_404_000, 936_000]);
        assert_eq!(amounts.iter().sum::<i64>(), 4_680_000);
        let shares: Vec<i64> = list(&contract, "/payments").iter().map(|one| number(one, "/share_percent")).collect();
        assert_eq!(shares, [50, 30, 20]);
        let states: Vec<String> = list(&contract, "/payments").iter().map(|one| text(one, "/state")).collect();
        assert_eq!(states, ["eligible", "planned", "planned"]);
        let conditions: Vec<String> = list(&contract, "/payments").iter().map(|one| text(one, "/condition")).collect();
        assert_eq!(conditions, ["agreement_signed", "milestone", "evaluation_passed"]);
        assert_eq!(contract["payments"][1]["milestone_id"], contract["milestones"][1]["id"]);
        let mut parties: Vec<String> = list(&contract, "/signatures").iter().map(|one| text(one, "/party")).collect();
        parties.sort();
        assert_eq!(parties, ["buyer", "contractor"]);
        for signature in list(&contract, "/signatures") {
            assert_eq!(signature["content_hash"], contract["content_hash"]);
        }
        let clauses: Vec<String> = list(&contract, "/content/clauses").iter().map(|one| text(one, "/key")).collect();
        assert_eq!(clauses, ["data_protection", "volunteer_insurance", "child_protection"]);
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        assert_eq!(seen(&mut bench, "wang.min", &award).await["state"], json!("contracted"));
        let posting = format!("/api/v1/postings/{}", bench.play.ids.posting);
        assert_eq!(seen(&mut bench, "wang.min", &posting).await["state"], json!("contracted"));
    }

    async fn an_award_has_one_contract_and_the_street_drafts_it(bench: Bench from AwardNoticed) {
        bench.forget();
        let path = format!("/api/v1/awards/{}/contract", bench.play.ids.award);
        let (secretary, head, street) = (bench.cast("secretary").await, bench.cast("winner_legal_rep").await, bench.cast("street_officer").await);
        secretary.post(&path, json!({})).await.refused(403, "forbidden");
        head.post(&path, json!({})).await.refused(403, "forbidden");
        let made = street.post(&path, json!({})).await;
        assert_eq!(made.status, 201);
        let contract = made.ok();
        bench.play.ids.contract = text(&contract, "/id");
        street.post(&path, json!({})).await.refused(409, "duplicate");
        // a draft is the street's own
        head.get(&format!("/api/v1/contracts/{}", bench.play.ids.contract)).await.refused(404, "not_found");
        sign(&bench, &street, &text(&contract, "/content_hash")).await.refused(409, "invalid_transition");
        secretary.post(&at(&bench, "send"), json!({})).await.refused(404, "not_found");
        assert_eq!(street.post(&at(&bench, "send"), json!({})).await.ok()["state"], json!("pending_signature"));
        street.post(&at(&bench, "send"), json!({})).await.refused(409, "invalid_transition");
        let stale = street.call("POST", &at(&bench, "sign"), &[("if-match", "\"v1\"")], Some(json!({ "content_hash": contract["content_hash"] }).to_string().into_bytes())).await;
        stale.refused(412, "stale_version");
    }

    async fn no_contract_before_the_notice(bench: Bench from AwardProposed) {
        play_awarded(&mut bench).await;
        let street = bench.cast("street_officer").await;
        street.post(&format!("/api/v1/awards/{}/contract", bench.play.ids.award), json!({})).await.refused(409, "invalid_transition");
    }

    async fn only_the_street_and_the_legal_representative_sign_and_each_once(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        let (street, head, agent, secretary, stranger) = (bench.cast("street_officer").await, bench.cast("winner_legal_rep").await,
            bench.cast("winner_agent").await, bench.cast("secretary").await, bench.user("jin.baoping").await);
        sign(&bench, &agent, &hash).await.refused(403, "forbidden");
        sign(&bench, &secretary, &hash).await.refused(403, "forbidden");
        sign(&bench, &stranger, &hash).await.refused(404, "not_found");
        let other = sign(&bench, &head, &"0".repeat(64)).await;
        assert_eq!(other.pointers(), ["/content_hash"]);
        other.refused(422, "invalid");
        assert_eq!(contract(&mut bench).await["signatures"], json!([]));
        assert_eq!(sign(&bench, &head, &hash).await.ok()["state"], json!("pending_signature"));
        sign(&bench, &head, &hash).await.refused(409, "already_signed");
        assert_eq!(sign(&bench, &street, &hash).await.ok()["state"], json!("signed"));
        sign(&bench, &street, &hash).await.refused(409, "invalid_transition");
        let id = bench.play.ids.contract.clone();
        assert_eq!(recorded(&bench, "contract.party_signed", Some(&id)).await, 2);
        assert_eq!(recorded(&bench, "contract.signed", Some(&id)).await, 1);
    }

    async fn one_person_does_not_sign_for_both_sides(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        let street = bench.cast("street_officer").await;
        sign(&bench, &street, &hash).await.ok();
        let organisation = text(&contract(&mut bench).await, "/organisation_id");
        grant(&mut bench, "wang.min", "org_legal_rep", json!({ "organisation": organisation })).await;
        sign(&bench, &street, &hash).await.refused(409, "same_person");
    }

    async fn nobody_signs_after_the_term_and_the_contract_falls_with_its_award(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        let sign_by = instant(&contract(&mut bench).await, "/sign_by");
        bench.set_clock(sign_by);
        // the last second of the term is in time
        let head = bench.cast("winner_legal_rep").await;
        sign(&bench, &head, &hash).await.ok();
        bench.set_clock(sign_by + Duration::seconds(1));
        let street = bench.cast("street_officer").await;
        sign(&bench, &street, &hash).await.refused(409, "deadline_passed");
        bench.work().await;
        let fallen = contract(&mut bench).await;
        assert_eq!((&fallen["state"], &fallen["reason_code"]), (&json!("void"), &json!("award_lapsed")));
        sign(&bench, &street, &hash).await.refused(409, "invalid_transition");
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        assert_eq!(seen(&mut bench, "wang.min", &award).await["state"], json!("lapsed"));
    }

    async fn a_contract_falls_when_the_awardee_declines(bench: Bench from AwardNoticed) {
        play_sent(&mut bench).await;
        let head = bench.cast("winner_legal_rep").await;
        head.post(&format!("/api/v1/awards/{}/decline", bench.play.ids.award), json!({ "reason": "项目团队骨干离职,无法履约。" })).await.ok();
        let fallen = contract(&mut bench).await;
        assert_eq!((&fallen["state"], &fallen["reason_code"]), (&json!("void"), &json!("award_declined")));
    }

    async fn an_organisation_that_lost_its_standing_is_not_contracted(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        let (head, street) = (bench.cast("winner_legal_rep").await, bench.cast("street_officer").await);
        sign(&bench, &head, &hash).await.ok();
        let organisation = text(&contract(&mut bench).await, "/organisation_id");
        let district = bench.cast("district_admin").await;
        district.post(&format!("/api/v1/organisations/{organisation}/set_credit_status"),
            json!({ "credit_status": "serious_dishonesty", "reason": "被列入严重违法失信名单。" })).await.ok();
        let refused = sign(&bench, &street, &hash).await;
        assert_eq!(refused.pointers(), ["/contractor"]);
        let problem = refused.refused(422, "not_eligible");
        assert_eq!(problem["errors"][0]["code"], json!("not_serious_dishonest"));
        // nothing of the refused step stays
        let now = contract(&mut bench).await;
        assert_eq!(now["state"], json!("pending_signature"));
        assert_eq!(list(&now, "/signatures").len(), 1);
        assert_eq!(payment(&mut bench, 0).await["state"], json!("planned"));
    }

    async fn the_work_begins_on_its_day_by_the_contractor(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let (agent, street, stranger) = (bench.cast("winner_agent").await, bench.cast("street_officer").await, bench.user("wei.xiaoqian").await);
        agent.post(&at(&bench, "activate"), json!({})).await.refused(409, "too_early");
        street.post(&at(&bench, "activate"), json!({})).await.refused(403, "forbidden");
        stranger.post(&at(&bench, "activate"), json!({})).await.refused(404, "not_found");
        let place = milestone(&mut bench, 0).await;
        agent.post(&format!("/api/v1/milestones/{}/submit", text(&place, "/id")), evidence(&place)).await.refused(409, "invalid_transition");
        let starts = text(&contract(&mut bench).await, "/content/starts_on");
        bench.advance(day_after(&starts) - Duration::days(1) - Duration::seconds(1)).await;
        let agent = bench.cast("winner_agent").await;
        agent.post(&at(&bench, "activate"), json!({})).await.refused(409, "too_early");
        bench.advance(day_after(&starts) - Duration::days(1)).await;
        let agent = bench.cast("winner_agent").await;
        assert_eq!(agent.post(&at(&bench, "activate"), json!({})).await.ok()["state"], json!("active"));
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("implementation"));
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(seen(&mut bench, "wang.min", &need).await["state"], json!("fulfilled"));
    }

    async fn a_completion_report_waits_for_the_work_and_is_returned_once(bench: Bench from WorkStarted) {
        bench.forget();
        let report = story()["completion_report"].clone();
        let agent = bench.cast("winner_agent").await;
        agent.post(&at(&bench, "submit_completion_report"), report.clone()).await.refused(422, "not_delivered");
        let ends = text(&contract(&mut bench).await, "/content/ends_on");
        // from the first second of the end date on
        bench.advance(day_after(&ends) - Duration::days(1)).await;
        let (agent, street, secretary) = (bench.cast("winner_agent").await, bench.cast("street_officer").await, bench.cast("secretary").await);
        let mut wrong = report.clone();
        wrong["outcomes"] = json!("");
        wrong["budget_actual"]["lines"][0]["budget_fen"] = json!(1);
        let refused = agent.post(&at(&bench, "submit_completion_report"), wrong).await;
        assert_eq!(refused.pointers(), ["/outcomes", "/budget_actual/lines"]);
        refused.refused(422, "invalid");
        street.post(&at(&bench, "submit_completion_report"), report.clone()).await.refused(403, "forbidden");
        street.post(&at(&bench, "accept_report"), json!({})).await.refused(409, "invalid_transition");
        agent.post(&at(&bench, "submit_completion_report"), report.clone()).await.ok();
        let back = json!({ "reason": "决算说明与凭证不一致,请补正。" });
        secretary.post(&at(&bench, "return_report"), back.clone()).await.refused(403, "forbidden");
        let wordless = street.post(&at(&bench, "return_report"), json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        assert_eq!(street.post(&at(&bench, "return_report"), back.clone()).await.ok()["state"], json!("active"));
        let again = agent.post(&at(&bench, "submit_completion_report"), report).await.ok();
        assert_eq!(again["completion_report"]["edition"], json!(2));
        street.post(&at(&bench, "return_report"), back).await.refused(422, "return_limit");
        assert_eq!(street.post(&at(&bench, "accept_report"), json!({ "note": "齐全" })).await.ok()["state"], json!("evaluating"));
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("evaluation"));
    }

    async fn evidence_is_asked_for_by_indicator(bench: Bench from WorkStarted) {
        bench.forget();
        let milestone = milestone(&mut bench, 0).await;
        let path = format!("/api/v1/milestones/{}/submit", text(&milestone, "/id"));
        let (agent, secretary) = (bench.cast("winner_agent").await, bench.cast("secretary").await);
        let mut partial = evidence(&milestone);
        partial["indicators"][0]["actual"] = json!(null);
        partial["indicators"][1]["evidence"] = json!(" ");
        partial["indicators"].as_array_mut().unwrap().truncate(2);
        let refused = agent.post(&path, partial).await;
        let mut pointers = refused.pointers();
        pointers.sort();
        assert_eq!(pointers, ["/indicators", "/indicators/0/actual", "/indicators/1/evidence"]);
        refused.refused(422, "evidence_missing");
        secretary.post(&path, evidence(&milestone)).await.refused(403, "forbidden");
        let mut twice = evidence(&milestone);
        let first = twice["indicators"][0].clone();
        twice["indicators"].as_array_mut().unwrap().push(first);
        twice["summary"] = json!("短");
        let refused = agent.post(&path, twice).await;
        assert_eq!(refused.pointers(), ["/summary", "/indicators/3/name"]);
        refused.refused(422, "invalid");
        assert_eq!(agent.post(&path, evidence(&milestone)).await.ok()["state"], json!("submitted"));
    }

    async fn a_milestone_is_returned_twice_at_most(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let path = handed_in(&mut bench, 0).await;
        let (agent, secretary, resident) = (bench.cast("winner_agent").await, bench.cast("secretary").await, bench.cast("resident_rep_acceptance").await);
        let (back, body) = (json!({ "reason": "培训签到表缺失,请补充。" }), evidence(&milestone(&mut bench, 0).await));
        resident.post(&format!("{path}/return"), back.clone()).await.refused(403, "forbidden");
        for returns in 1..=2 {
            let returned = secretary.post(&format!("{path}/return"), back.clone()).await.ok();
            assert_eq!((&returned["state"], &returned["returns"]), (&json!("returned"), &json!(returns)));
            secretary.post(&format!("{path}/return"), back.clone()).await.refused(409, "invalid_transition");
            agent.post(&format!("{path}/submit"), body.clone()).await.ok();
        }
        secretary.post(&format!("{path}/return"), back).await.refused(422, "return_limit");
    }

    async fn a_milestone_takes_two_persons_of_two_roles(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let path = handed_in(&mut bench, 0).await;
        let verify = format!("{path}/verify");
        let all = json!({ "ratio_percent": 100, "comment": "查阅档案,情况属实。" });
        for (account, status, code) in [("wang.min", 403, "forbidden"), ("ning.jiayi", 403, "forbidden"), ("kang.yongfu", 404, "not_found"), ("mao.xinmin", 404, "not_found"), ("jin.baoping", 404, "not_found")] {
            bench.user(account).await.post(&verify, all.clone()).await.refused(status, code);
        }
        let (secretary, resident) = (bench.cast("secretary").await, bench.cast("resident_rep_acceptance").await);
        let refused = secretary.post(&verify, json!({ "ratio_percent": 101 })).await;
        assert_eq!(refused.pointers(), ["/ratio_percent"]);
        refused.refused(422, "invalid");
        assert_eq!(secretary.post(&verify, all.clone()).await.ok()["state"], json!("submitted"));
        secretary.post(&verify, all.clone()).await.refused(409, "duplicate");
        assert_eq!(resident.post(&verify, all.clone()).await.ok()["state"], json!("met"));
        resident.post(&verify, all).await.refused(409, "invalid_transition");
    }

    async fn one_person_does_not_verify_in_two_roles(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let verify = format!("{}/verify", handed_in(&mut bench, 0).await);
        let all = json!({ "ratio_percent": 100 });
        let resident = bench.cast("resident_rep_acceptance").await;
        resident.post(&verify, all.clone()).await.ok();
        grant(&mut bench, "xue.chunmei", "community_secretary", json!({ "division": COMMUNITY })).await;
        resident.post(&verify, all).await.refused(409, "same_person");
    }

    async fn the_contractors_people_do_not_verify(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let verify = format!("{}/verify", handed_in(&mut bench, 0).await);
        grant(&mut bench, "ning.jiayi", "resident_rep", json!({ "division": COMMUNITY })).await;
        let agent = bench.cast("winner_agent").await;
        agent.post(&verify, json!({ "ratio_percent": 100 })).await.refused(409, "recused");
    }

    async fn a_milestone_reached_in_part_pays_in_part(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let verify = format!("{}/verify", handed_in(&mut bench, 1).await);
        let (secretary, resident) = (bench.cast("secretary").await, bench.cast("resident_rep_acceptance").await);
        secretary.post(&verify, json!({ "ratio_percent": 91 })).await.ok();
        let met = resident.post(&verify, json!({ "ratio_percent": 77 })).await.ok();
        assert_eq!((&met["state"], &met["ratio_percent"]), (&json!("partially_met"), &json!(77)));
        let second = payment(&mut bench, 1).await;
        assert_eq!(second["state"], json!("eligible"));
        // 77 percent, the lower of the two, of 14 040.00 yuan
        assert_eq!((&second["planned_fen"], &second["amount_fen"]), (&json!(1_404_000), &json!(1_081_080)));
        assert_eq!(payment(&mut bench, 2).await["state"], json!("planned"));
    }

    async fn a_milestone_not_handed_in_is_overdue_by_the_clock(bench: Bench from WorkStarted) {
        bench.forget();
        let due = text(&milestone(&mut bench, 0).await, "/due_on");
        bench.advance(day_after(&due) - Duration::seconds(1)).await;
        assert_eq!(milestone(&mut bench, 0).await["state"], json!("planned"));
        bench.advance(day_after(&due)).await;
        let late = milestone(&mut bench, 0).await;
        assert_eq!(late["state"], json!("overdue"));
        let timers: Vec<String> = list(&late, "/deadlines").iter().map(|one| text(one, "/timer")).collect();
        assert_eq!(timers, ["milestone_overdue_slip", "milestone_overdue_guidance"]);
        let agent = bench.cast("winner_agent").await;
        let id = text(&late, "/id");
        let after = agent.post(&format!("/api/v1/milestones/{id}/submit"), evidence(&late)).await.ok();
        assert_eq!(after["state"], json!("submitted"));
        assert_eq!(recorded(&bench, "milestone.overdue", Some(&id)).await, 1);
    }

    async fn no_payment_while_rectification_or_a_hold_is_open(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let (agent, street) = (bench.cast("winner_agent").await, bench.cast("street_officer").await);
        let id = text(&payment(&mut bench, 0).await, "/id");
        let pay = |verb: &str| format!("/api/v1/payments/{id}/{verb}");
        street.post(&pay("request"), json!({ "invoice": "发票 1" })).await.refused(403, "forbidden");
        let nameless = agent.post(&pay("request"), json!({ "invoice": "" })).await;
        assert_eq!(nameless.pointers(), ["/invoice"]);
        let order = crate::rectifications::ordered(&mut bench).await;
        agent.post(&pay("request"), json!({ "invoice": "发票 0001" })).await.ok();
        street.post(&pay("approve"), json!({})).await.refused(422, "payment_blocked");
        crate::rectifications::passed(&mut bench, &order).await;
        let contract = bench.play.ids.contract.clone();
        let held = hold(&bench, "contract", &contract).await;
        street.post(&pay("approve"), json!({})).await.refused(422, "payment_blocked");
        release(&bench, held).await;
        agent.post(&pay("approve"), json!({})).await.refused(403, "forbidden");
        assert_eq!(street.post(&pay("approve"), json!({})).await.ok()["state"], json!("approved"));
    }

    async fn a_withheld_payment_is_released_and_recorded_once(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let (agent, street) = (bench.cast("winner_agent").await, bench.cast("street_officer").await);
        let (first, second) = (text(&payment(&mut bench, 0).await, "/id"), text(&payment(&mut bench, 1).await, "/id"));
        let pay = |verb: &str| format!("/api/v1/payments/{first}/{verb}");
        agent.post(&format!("/api/v1/payments/{second}/request"), json!({ "invoice": "发票 0002" })).await.refused(409, "invalid_transition");
        agent.post(&pay("request"), json!({ "invoice": "发票 0001" })).await.ok();
        street.post(&pay("record_payment"), json!({ "payment_reference": "国库 1" })).await.refused(409, "invalid_transition");
        let wordless = street.post(&pay("withhold"), json!({ "ground": "other", "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let held = street.post(&pay("withhold"), json!({ "ground": "other", "reason": "发票抬头有误,请换开。" })).await.ok();
        assert_eq!((&held["state"], &held["withheld_ground"]), (&json!("withheld"), &json!("other")));
        street.post(&pay("approve"), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(street.post(&pay("release"), json!({})).await.ok()["state"], json!("requested"));
        street.post(&pay("approve"), json!({})).await.ok();
        let nameless = street.post(&pay("record_payment"), json!({ "payment_reference": "" })).await;
        assert_eq!(nameless.pointers(), ["/payment_reference"]);
        let paid = street.post(&pay("record_payment"), json!({ "payment_reference": "国库支付 2026-0001" })).await.ok();
        assert_eq!((&paid["state"], &paid["payment_reference"]), (&json!("paid"), &json!("国库支付 2026-0001")));
        street.post(&pay("record_payment"), json!({ "payment_reference": "国库支付 2026-0002" })).await.refused(409, "invalid_transition");
    }

    async fn the_notice_waits_for_an_open_objection(bench: Bench from AwardProposed) {
        play_awarded(&mut bench).await;
        let path = format!("/api/v1/awards/{}", bench.play.ids.award);
        let ends = instant(&seen(&mut bench, "wang.min", &path).await, "/publicity_ends_at");
        bench.advance(ends + Duration::seconds(1)).await;
        let award = bench.play.ids.award.clone();
        let held = hold(&bench, "award", &award).await;
        let street = bench.cast("street_officer").await;
        street.post(&format!("{path}/issue_notice"), json!({})).await.refused(409, "open_hold");
        release(&bench, held).await;
        street.post(&format!("{path}/issue_notice"), json!({})).await.ok();
    }
}

/// Up to the proposal of the award.
pub async fn play_awarded(bench: &mut Bench) {
    bench.reach(Stage::AwardProposed).await;
    bench.forget();
}

/// Up to the agreement that lies before both parties; answers the hash to sign.
pub async fn play_sent(bench: &mut Bench) -> String {
    bench.reach(Stage::AwardNoticed).await;
    let hash = bench.play.contract_sent().await.unwrap();
    bench.forget();
    hash
}

/// Up to the agreement that both parties have signed.
pub async fn play_signed(bench: &mut Bench) {
    bench.reach(Stage::ContractSigned).await;
    bench.forget();
}
