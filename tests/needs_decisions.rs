//! The street's decision over HTTP, and what surrounds it: grounds, the right to ask the district,
//! votes as evidence, emergencies, urgency, redesign.

use crate::needs::{
    accept, allowed, analyse, at, because, due, instant, new_need, opine, plain, reviewed,
    secretary, street, submitted, under_review,
};
use crate::needs_voices::act;
use crate::scenes::{number, recorded, text};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use wubang_kernel::Who;
use wubang_store::Read as _;
use wubang_store::entity::outbox;
use wubang_testkit::{Bench, Reply, on_both};

async fn rejected(bench: &mut Bench) -> String {
    let id = submitted(bench, new_need()).await;
    reject(bench, &id, "market_service").await.ok();
    id
}

async fn reject(bench: &mut Bench, id: &str, ground: &str) -> Reply {
    let body = json!({ "ground": ground, "reason": "经核实不予立项,理由如述。" });
    street(bench).await.post(&at(id, "reject"), body).await
}

async fn appeal(bench: &mut Bench, id: &str) -> Reply {
    because(&secretary(bench).await, id, "appeal").await
}

async fn answer(bench: &mut Bench, id: &str, upheld: bool) -> Reply {
    let body = json!({ "upheld": upheld, "reason": "区级复核意见已告知双方。" });
    act(bench, "wei.guohua", id, "decide_appeal", body).await
}

fn vote() -> Value {
    json!({ "held_on": "2026-03-02", "kind": "representatives_vote", "entitled": 45, "present": 31, "in_favour": 28, "against": 1,
        "abstained": 2, "summary": "居民代表会议同意列为本年度优先需求。" })
}

async fn recorded_vote(bench: &mut Bench, id: &str, vote: Value) -> Reply {
    secretary(bench).await.post(&at(id, "votes"), vote).await
}

fn emergency() -> Value {
    let mut need = new_need();
    need["urgency"] = json!("emergency");
    need
}

fn finding() -> Value {
    json!({ "root_cause": "暴雨后电路进水,整栋楼道照明中断。", "reason": "涉及夜间出行安全,须立即办理。" })
}

/// Reminders of a timer for an object that the worker has put into the outbox.
async fn reminders(bench: &Bench, id: &str, timer: &str) -> usize {
    let view = bench.running.store.read(&Who::system("tests"));
    let rows = outbox::Entity::find().all(&view.db()).await.unwrap();
    rows.iter()
        .filter(|row| row.event == "timer.overdue" && row.object_id.to_string() == id)
        .filter(|row| row.payload["facts"]["timer"] == json!(timer))
        .count()
}

on_both! {
    async fn a_rejection_takes_each_of_the_closed_grounds(bench: Bench) {
        for ground in ["not_public_interest", "authority_duty", "market_service", "works_or_goods", "individual_dispute_for_court", "duplicate",
            "outside_territory", "illegal"] {
            let id = submitted(&mut bench, new_need()).await;
            let done = reject(&mut bench, &id, ground).await.ok();
            assert_eq!((&done["state"], &done["reason_code"]), (&json!("rejected"), &json!(ground)));
        }
    }

    async fn lack_of_information_is_a_ground_only_after_one_supplement(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        reject(&mut bench, &id, "insufficient_information").await.refused(422, "supplement_first");
        because(&street(&mut bench).await, &id, "request_supplement").await.ok();
        plain(&secretary(&mut bench).await, &id, "supplement").await.ok();
        assert_eq!(reject(&mut bench, &id, "insufficient_information").await.ok()["reason_code"], json!("insufficient_information"));
    }

    async fn the_district_upholds_an_appeal_and_the_street_looks_again(bench: Bench) {
        let id = rejected(&mut bench).await;
        let shown = secretary(&mut bench).await.get(&format!("/api/v1/needs/{id}")).await.ok();
        assert_eq!(due(&shown, "objection_window").as_deref(), Some("2026-03-11T23:59:59+08:00"));
        assert_eq!((allowed(&shown), text(&shown, "/appeal_until")), (vec!["appeal".to_owned()], "2026-03-11T23:59:59+08:00".to_owned()));
        assert_eq!(shown["allowed_actions"][0]["deadline"], shown["appeal_until"]);
        answer(&mut bench, &id, true).await.refused(409, "invalid_transition");
        because(&street(&mut bench).await, &id, "appeal").await.refused(403, "forbidden");
        let reply = act(&mut bench, "zhao.lei", &id, "appeal", json!({ "reason": "不服" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let asked = appeal(&mut bench, &id).await.ok();
        assert_eq!((&asked["state"], due(&asked, "objection_window")), (&json!("appealed"), None));
        assert_eq!(due(&asked, "objection_answer").as_deref(), Some("2026-03-11T23:59:59+08:00"));
        appeal(&mut bench, &id).await.refused(409, "invalid_transition");
        let body = json!({ "upheld": true, "reason": "街道自己不能答复。" });
        act(&mut bench, "wang.min", &id, "decide_appeal", body).await.refused(403, "forbidden");
        let back = answer(&mut bench, &id, true).await.ok();
        assert_eq!((&back["state"], &back["appeal"]["upheld"], due(&back, "objection_answer")), (&json!("submitted"), &json!(true), None));
        assert!(due(&back, "need_acceptance").is_some());
        // the street may decide otherwise now, and a new rejection can be asked about again
        reject(&mut bench, &id, "outside_territory").await.ok();
        appeal(&mut bench, &id).await.ok();
        assert_eq!(answer(&mut bench, &id, true).await.ok()["state"], json!("submitted"));
        assert_eq!(accept(&mut bench, &id).await.ok()["state"], json!("accepted"));
    }

    async fn the_secretary_hears_of_a_rejection_its_reason_and_the_right_to_ask(bench: Bench) {
        rejected(&mut bench).await;
        bench.work().await;
        let mails = bench.mails.sent();
        // everybody of the committee hears of it, in no order
        let mail = mails.iter().find(|mail| mail.subject.ends_with("不予立项") && mail.to.starts_with("zhao.lei@")).unwrap_or_else(|| panic!("{mails:?}"));
        for part in ["理由:经核实不予立项,理由如述。", "申请区级复核", "复核申请截止:2026-03-11"] {
            assert!(mail.body.contains(part), "{part}: {}", mail.body);
        }
    }

    async fn a_dismissed_appeal_makes_the_rejection_final(bench: Bench) {
        let id = rejected(&mut bench).await;
        appeal(&mut bench, &id).await.ok();
        let reply = act(&mut bench, "wei.guohua", &id, "decide_appeal", json!({ "upheld": false, "reason": "否" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let done = answer(&mut bench, &id, false).await.ok();
        assert_eq!((&done["state"], &done["appeal"]["upheld"], &done["deadlines"]), (&json!("rejected"), &json!(false), &json!([])));
        assert_eq!(text(&done, "/appeal/answer"), "区级复核意见已告知双方。");
        appeal(&mut bench, &id).await.refused(422, "appeal_used");
        answer(&mut bench, &id, true).await.refused(409, "invalid_transition");
    }

    async fn the_district_can_be_asked_for_seven_working_days(bench: Bench) {
        let (late, just) = (rejected(&mut bench).await, rejected(&mut bench).await);
        bench.advance(instant("2026-03-11T23:59:59+08:00")).await;
        appeal(&mut bench, &just).await.ok();
        // one second later the worker may not have come by yet: it is late all the same
        bench.stand_at(instant("2026-03-12T00:00:00+08:00"));
        appeal(&mut bench, &late).await.refused(409, "deadline_passed");
        bench.work().await;
        assert_eq!(recorded(&bench, "need.appeal_lapsed", Some(&late)).await, 1);
        assert_eq!(recorded(&bench, "need.appeal_lapsed", Some(&just)).await, 0);
        appeal(&mut bench, &late).await.refused(409, "deadline_passed");
        let need = secretary(&mut bench).await.get(&format!("/api/v1/needs/{late}")).await.ok();
        assert_eq!((&need["state"], &need["deadlines"]), (&json!("rejected"), &json!([])));
        assert_eq!(reminders(&bench, &late, "objection_window").await, 0, "nobody is late but the one who did not ask");
        // T44 in vain: street and district are reminded
        bench.advance(instant("2026-03-21T00:00:00+08:00")).await;
        assert_eq!(reminders(&bench, &just, "objection_answer").await, 1);
    }

    async fn a_vote_of_residents_is_shown_with_its_result(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        recorded_vote(&mut bench, &id, vote()).await.refused(409, "invalid_transition");
        accept(&mut bench, &id).await.ok();
        let shown = recorded_vote(&mut bench, &id, vote()).await.ok();
        assert_eq!((&shown["votes"][0]["quorate"], &shown["votes"][0]["carried"]), (&json!(true), &json!(true)));
        recorded_vote(&mut bench, &id, vote()).await.refused(409, "duplicate");
        plain(&street(&mut bench).await, &id, "start_review").await.ok();
        // half of those entitled is no majority, half of those present neither
        for (kind, present, in_favour, quorate) in [("deliberation", 22, 22, false), ("deliberation", 24, 12, true)] {
            let mut vote = vote();
            vote["held_on"] = json!(if quorate { "2026-02-27" } else { "2026-02-26" });
            vote["kind"] = json!(kind);
            vote["entitled"] = json!(44);
            vote["present"] = json!(present);
            vote["in_favour"] = json!(in_favour);
            vote["against"] = json!(present - in_favour);
            vote["abstained"] = json!(0);
            let shown = recorded_vote(&mut bench, &id, vote).await.ok();
            let last = shown["votes"].as_array().unwrap().last().unwrap().clone();
            assert_eq!((&last["quorate"], &last["carried"]), (&json!(quorate), &json!(false)));
        }
        analyse(&mut bench, &id).await.ok();
        plain(&street(&mut bench).await, &id, "open_comment").await.ok();
        let mut last = vote();
        last["held_on"] = json!("2026-03-01");
        assert_eq!(recorded_vote(&mut bench, &id, last).await.ok()["votes"].as_array().unwrap().len(), 4);
        assert_eq!(recorded(&bench, "need.vote_recorded", Some(&id)).await, 4);
        act(&mut bench, "wang.min", &id, "votes", vote()).await.refused(403, "forbidden");
        act(&mut bench, "xue.chunmei", &id, "votes", vote()).await.refused(404, "not_found");
    }

    async fn figures_of_a_vote_must_fit_each_other(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        accept(&mut bench, &id).await.ok();
        let with = |changes: Value| {
            let mut vote = vote();
            vote.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            vote
        };
        for (changes, pointers) in [
            (json!({ "held_on": "2026-03-03" }), vec!["/held_on"]),
            (json!({ "present": 30 }), vec!["/present"]),
            (json!({ "present": 46, "in_favour": -1, "summary": "短" }), vec!["/summary", "/present", "/in_favour"]),
            (json!({ "entitled": 0 }), vec!["/entitled", "/present", "/in_favour", "/against", "/abstained"]),
            (json!({ "entitled": i64::MAX, "present": i64::MAX }), vec!["/entitled", "/present"]),
        ] {
            let reply = recorded_vote(&mut bench, &id, with(changes)).await;
            assert_eq!(reply.pointers(), pointers);
            reply.refused(422, "invalid");
        }
        assert_eq!(recorded(&bench, "need.vote_recorded", Some(&id)).await, 0);
    }

    async fn below_sixty_a_need_waits_in_the_backlog_and_can_come_back(bench: Bench) {
        let id = reviewed(&mut bench, 59, 60).await;
        let street = street(&mut bench).await;
        plain(&street, &id, "approve").await.refused(422, "score_too_low");
        let kept = plain(&street, &id, "backlog").await.ok();
        assert_eq!((&kept["state"], &kept["review_score"], &kept["priority"]), (&json!("backlog"), &json!("59.50"), &Value::Null));
        assert_eq!(due(&kept, "need_review"), None);
        plain(&bench.cast("third_party").await, &id, "start_review").await.refused(403, "forbidden");
        plain(&street, &id, "start_review").await.refused(422, "no_new_cycle");
        let reply = street.post(&at(&id, "start_review"), json!({ "evidence": "没有更多" })).await;
        assert_eq!(reply.pointers(), ["/evidence"]);
        reply.refused(422, "invalid");
        let again = street.post(&at(&id, "start_review"), json!({ "evidence": "汛期后又有三户老人摔伤,已逐户核实。" })).await.ok();
        assert_eq!((&again["state"], &again["cycle"], due(&again, "need_review").is_some()), (&json!("under_review"), &json!(2), true));
        // the opinions of the first cycle are kept and no longer count
        assert_eq!(again["opinions"].as_array().unwrap().len(), 2);
        plain(&street, &id, "approve").await.refused(422, "opinions_missing");
        opine(&mut bench, &id, "wan.jingyi", "A03", 61).await.ok();
        opine(&mut bench, &id, "qin.shuyao", "A01", 60).await.ok();
        let done = plain(&street, &id, "approve").await.ok();
        assert_eq!((&done["state"], &done["review_score"]), (&json!("approved"), &json!("60.50")));
    }

    async fn a_need_in_the_backlog_comes_back_with_the_next_quarter(bench: Bench) {
        let id = reviewed(&mut bench, 40, 40).await;
        plain(&street(&mut bench).await, &id, "backlog").await.ok();
        bench.advance(instant("2026-03-31T23:59:59+08:00")).await;
        plain(&street(&mut bench).await, &id, "start_review").await.refused(422, "no_new_cycle");
        bench.advance(instant("2026-04-01T00:00:00+08:00")).await;
        assert_eq!(plain(&street(&mut bench).await, &id, "start_review").await.ok()["state"], json!("under_review"));
    }

    async fn an_emergency_is_approved_right_after_its_acceptance(bench: Bench) {
        let street = street(&mut bench).await;
        let id = submitted(&mut bench, emergency()).await;
        street.post(&at(&id, "approve"), finding()).await.refused(409, "invalid_transition");
        accept(&mut bench, &id).await.ok();
        let reply = plain(&street, &id, "approve").await;
        assert_eq!(reply.pointers(), ["/root_cause", "/reason"]);
        reply.refused(422, "invalid");
        secretary(&mut bench).await.post(&at(&id, "approve"), finding()).await.refused(403, "forbidden");
        let done = street.post(&at(&id, "approve"), finding()).await.ok();
        assert_eq!((&done["state"], &done["emergency"], &done["priority"], &done["review_score"]), (&json!("approved"), &json!(true), &json!("high"), &Value::Null));
        assert_eq!(done["root_cause"], finding()["root_cause"]);
        assert!(due(&done, "post_high_priority").is_some() && due(&done, "need_shelf_life").is_some() && due(&done, "need_review").is_none());
        // any other need goes the whole way
        let calm = submitted(&mut bench, new_need()).await;
        accept(&mut bench, &calm).await.ok();
        street.post(&at(&calm, "approve"), finding()).await.refused(422, "not_emergency");
    }

    async fn the_root_cause_of_a_reviewed_need_is_the_third_party_s(bench: Bench) {
        let id = reviewed(&mut bench, 70, 70).await;
        let street = street(&mut bench).await;
        let reply = street.post(&at(&id, "approve"), json!({ "root_cause": "经办人自行填写的问题根源。", "reason": "同意" })).await;
        assert_eq!(reply.pointers(), ["/root_cause", "/reason"]);
        reply.refused(422, "invalid");
        let done = street.post(&at(&id, "approve"), json!({ "reason": "程序完备,同意立项。" })).await.ok();
        assert_eq!(text(&done, "/root_cause"), "无人管理的楼院缺少维护责任人,公共照明长期无人报修。");
        assert_eq!(done["emergency"], json!(false));
    }

    async fn an_approved_need_of_that_urgency_is_flagged_as_an_emergency_once(bench: Bench) {
        let (street, secretary) = (street(&mut bench).await, secretary(&mut bench).await);
        let calm = reviewed(&mut bench, 70, 70).await;
        plain(&street, &calm, "approve").await.ok();
        because(&street, &calm, "flag_emergency").await.refused(422, "not_emergency");
        let id = under_review(&mut bench, emergency()).await;
        because(&street, &id, "flag_emergency").await.refused(409, "invalid_transition");
        analyse(&mut bench, &id).await.ok();
        opine(&mut bench, &id, "qin.shuyao", "A01", 70).await.ok();
        opine(&mut bench, &id, "gu.lanting", "A06", 70).await.ok();
        let done = plain(&street, &id, "approve").await.ok();
        assert_eq!((&done["emergency"], &done["priority"]), (&json!(false), &json!("normal")));
        because(&secretary, &id, "flag_emergency").await.refused(403, "forbidden");
        let done = because(&street, &id, "flag_emergency").await.ok();
        assert_eq!((&done["state"], &done["emergency"]), (&json!("approved"), &json!(true)));
        because(&street, &id, "flag_emergency").await.refused(409, "duplicate");
    }

    async fn a_review_takes_ten_working_days_or_five_when_it_is_urgent(bench: Bench) {
        for (urgency, end) in [("normal", "2026-03-16"), ("high", "2026-03-09"), ("emergency", "2026-03-09")] {
            let mut need = new_need();
            need["urgency"] = json!(urgency);
            let id = submitted(&mut bench, need).await;
            let done = accept(&mut bench, &id).await.ok();
            assert_eq!(due(&done, "need_review"), Some(format!("{end}T23:59:59+08:00")), "{urgency}");
        }
    }

    async fn the_terms_of_a_need_count_over_national_day_and_end_once_after_three_days_of_downtime(bench: Bench) {
        bench.advance(instant("2026-09-30T09:00:00+08:00")).await;
        let end = |day: &str| Some(format!("{day}T23:59:59+08:00"));
        let (waiting, supplement) = (submitted(&mut bench, new_need()).await, submitted(&mut bench, new_need()).await);
        let shown = because(&street(&mut bench).await, &supplement, "request_supplement").await.ok();
        // 1 to 7 October are days off; Saturday 10 October is a working day
        assert_eq!(due(&shown, "need_supplement"), end("2026-10-20"));
        let shown = street(&mut bench).await.get(&format!("/api/v1/needs/{waiting}")).await.ok();
        assert_eq!(due(&shown, "need_acceptance"), end("2026-10-10"));
        let comment = under_review(&mut bench, new_need()).await;
        analyse(&mut bench, &comment).await.ok();
        let shown = plain(&street(&mut bench).await, &comment, "open_comment").await.ok();
        assert_eq!(due(&shown, "need_comment"), end("2026-10-13"));
        let high = reviewed(&mut bench, 90, 90).await;
        let shown = street(&mut bench).await.get(&format!("/api/v1/needs/{high}")).await.ok();
        assert_eq!(due(&shown, "need_review"), end("2026-10-13"));
        let shown = plain(&street(&mut bench).await, &high, "approve").await.ok();
        assert_eq!((due(&shown, "post_high_priority"), due(&shown, "need_shelf_life")), (end("2026-10-30"), end("2026-12-29")));
        let refused = rejected(&mut bench).await;
        let shown = street(&mut bench).await.get(&format!("/api/v1/needs/{refused}")).await.ok();
        assert_eq!(due(&shown, "objection_window"), end("2026-10-15"));
        // the worker was down for three days; what fell due meanwhile happens once
        bench.stand_at(instant("2026-10-19T09:00:00+08:00"));
        bench.work().await;
        bench.work().await;
        assert_eq!(reminders(&bench, &waiting, "need_acceptance").await, 1);
        assert_eq!(recorded(&bench, "need.comment_ended", Some(&comment)).await, 1);
        assert_eq!(recorded(&bench, "need.appeal_lapsed", Some(&refused)).await, 1);
        assert_eq!(recorded(&bench, "need.supplement_lapsed", Some(&supplement)).await, 0, "one day is left");
    }

    async fn overdue_acceptance_review_and_posting_are_escalated_once(bench: Bench) {
        let waiting = submitted(&mut bench, new_need()).await;
        let review = under_review(&mut bench, new_need()).await;
        let high = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &high, "approve").await.ok();
        for (id, timer, end) in [
            (&waiting, "need_acceptance", "2026-03-06T00:00:00+08:00"),
            (&review, "need_review", "2026-03-10T00:00:00+08:00"),
            (&high, "post_high_priority", "2026-04-02T00:00:00+08:00"),
        ] {
            bench.advance(instant(end) - chrono::TimeDelta::seconds(1)).await;
            assert_eq!(reminders(&bench, id, timer).await, 0, "{timer}: the last second is in time");
            bench.advance(instant(end)).await;
            assert_eq!(reminders(&bench, id, timer).await, 1, "{timer}");
        }
        bench.advance(instant("2026-04-10T09:00:00+08:00")).await;
        assert_eq!(reminders(&bench, &waiting, "need_acceptance").await, 1);
    }

    async fn a_need_is_posted_and_fulfilled_by_the_stages_that_follow(bench: Bench from NeedApproved) {
        let path = format!("/api/v1/needs/{}", bench.play.ids.need);
        bench.play.posting_open().await.unwrap();
        let posted = street(&mut bench).await.get(&path).await.ok();
        assert_eq!((&posted["state"], &posted["deadlines"]), (&json!("posted"), &json!([])), "neither shelf life nor priority runs on");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.play.contract_signed().await.unwrap();
        bench.play.work_started().await.unwrap();
        bench.forget();
        assert_eq!(street(&mut bench).await.get(&path).await.ok()["state"], json!("fulfilled"));
    }

    async fn a_need_is_closed_when_its_project_has_passed_its_evaluation(bench: Bench from NeedApproved) {
        let id = crate::strangers::whole(&mut bench).await.of("needs");
        let need = street(&mut bench).await.get(&format!("/api/v1/needs/{id}")).await.ok();
        assert_eq!((&need["state"], &need["deadlines"]), (&json!("closed"), &json!([])));
        for event in ["need.posted", "need.fulfilled", "need.closed"] {
            assert_eq!(recorded(&bench, event, Some(&id)).await, 1, "{event}");
        }
        bench.nobody().get(&format!("/api/v1/public/needs/{id}")).await.ok();
    }

    async fn after_three_failed_rounds_the_need_must_be_redesigned(bench: Bench from NeedApproved) {
        crate::postings::three_failed_rounds(&mut bench).await;
        let id = bench.play.ids.need.clone();
        let path = format!("/api/v1/needs/{id}");
        let need = street(&mut bench).await.get(&path).await.ok();
        assert_eq!((&need["state"], &need["redesign_required"], &need["cycle"]), (&json!("under_review"), &json!(true), &json!(2)));
        opine(&mut bench, &id, "qin.shuyao", "A01", 80).await.ok();
        opine(&mut bench, &id, "gu.lanting", "A06", 80).await.ok();
        plain(&street(&mut bench).await, &id, "approve").await.refused(422, "not_changed");
        let version = number(&street(&mut bench).await.get(&path).await.ok(), "/version");
        street(&mut bench).await.patch(&path, version, json!({ "affected_count": 60 })).await.refused(403, "forbidden");
        let changed = secretary(&mut bench).await.patch(&path, version, json!({ "affected_count": 60, "wished_result": "先服务最急需的六十人。" })).await.ok();
        // the experts judged the need as it was
        assert_eq!(changed["cycle"], json!(3));
        plain(&street(&mut bench).await, &id, "approve").await.refused(422, "opinions_missing");
        opine(&mut bench, &id, "qin.shuyao", "A01", 80).await.ok();
        opine(&mut bench, &id, "gu.lanting", "A06", 80).await.ok();
        let done = plain(&street(&mut bench).await, &id, "approve").await.ok();
        assert_eq!((&done["state"], &done["redesign_required"]), (&json!("approved"), &json!(false)));
        // a need under review that nobody sent back stays as it is
        let other = under_review(&mut bench, new_need()).await;
        let version = number(&street(&mut bench).await.get(&format!("/api/v1/needs/{other}")).await.ok(), "/version");
        secretary(&mut bench).await.patch(&format!("/api/v1/needs/{other}"), version, json!({ "affected_count": 60 })).await.refused(409, "invalid_transition");
    }
}
