//! 公示: what is shown, how it is counted, and what is left of it afterwards.

use crate::needs::{
    analyse, because, due, instant, new_need, plain, secretary, street, text, under_review,
};
use crate::scenes::{list, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_kernel::digest::content_hash;
use wubang_testkit::{Bench, Stage, on_both};

const PATH: &str = "/api/v1/public/publicities";
const PHONE: &str = "13812345678";
const OFFICE: &str = "0371-55508020";
const LINE: &str = "联系人:张三丰,手机13812345678,街道值班 0371-55508020";

/// The publicities that a query finds, newest first, in full.
async fn shown(bench: &Bench, query: &str) -> Vec<Value> {
    let page = bench.nobody().get(&format!("{PATH}?{query}")).await.ok();
    let mut all = Vec::new();
    for row in list(&page, "/items") {
        let path = format!("{PATH}/{}", text(&row, "/id"));
        all.push(bench.nobody().get(&path).await.ok());
    }
    all
}

/// The newest of a kind.
async fn newest(bench: &Bench, kind: &str) -> Value {
    let all = shown(bench, &format!("kind={kind}&limit=1")).await;
    all.into_iter().next().expect("a publicity")
}

/// It runs, and everybody can compute its hash.
fn runs(publicity: &Value) {
    assert_eq!(
        (&publicity["state"], &publicity["masked"]),
        (&json!("running"), &json!(false))
    );
    assert_eq!(
        publicity["content_hash"],
        json!(content_hash(&publicity["content"]))
    );
    assert_eq!(publicity["objections_until"], publicity["ends_at"]);
    assert_eq!(
        publicity["channels"],
        json!(["platform", "community_board"])
    );
}

/// It is over, and nothing personal is left of what was shown; the hash is.
fn is_masked(publicity: &Value, state: &str, before: &Value) {
    assert_eq!(
        (&publicity["state"], &publicity["masked"]),
        (&json!(state), &json!(true))
    );
    assert_eq!(publicity["content_hash"], before["content_hash"]);
    assert_eq!(publicity["objections_until"], Value::Null);
    assert!(publicity["ended_at"].is_string() && publicity["masked_at"].is_string());
    let whole = publicity.to_string();
    assert!(
        !whole.contains(PHONE) && !whole.contains("张三丰"),
        "{whole}"
    );
}

/// A need with a name and a number in its text, on the comment list.
async fn in_comment(bench: &mut Bench) -> String {
    let mut need = new_need();
    let told = format!("{}联系人:张三丰,电话{PHONE}。", text(&need, "/description"));
    need["description"] = json!(told);
    let id = under_review(bench, need).await;
    analyse(bench, &id).await.ok();
    plain(&street(bench).await, &id, "open_comment").await.ok();
    id
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

async fn the_posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

/// The notice names a person to object to.
async fn amend(bench: &mut Bench) {
    let path = at(bench, "amend_published");
    let body = json!({ "changes": { "content": { "objection_contact": LINE } }, "reason": "更正异议联系方式", "affects_bids": false });
    bench
        .cast("street_officer")
        .await
        .post(&path, body)
        .await
        .ok();
}

/// An award in publicity whose page names a person.
async fn proposed(bench: &mut Bench) {
    open(bench).await;
    amend(bench).await;
    bench.play.bids_submitted().await.unwrap();
    bench.play.bids_qualified().await.unwrap();
    bench.play.award_proposed().await.unwrap();
}

async fn award_page(bench: &Bench) -> Value {
    let path = format!("/api/v1/public/awards/{}", bench.play.ids.award);
    bench.nobody().get(&path).await.ok()
}

on_both! {
    async fn a_need_on_the_comment_list_is_shown_and_masked_when_its_period_is_over(bench: Bench) {
        let id = in_comment(&mut bench).await;
        let before = newest(&bench, "need_comment").await;
        runs(&before);
        assert_eq!((&before["object_id"], &before["project_id"], &before["minimum"]), (&json!(id), &Value::Null, &json!("5 wd")));
        assert!(text(&before, "/number").starts_with("GS-410108-2026-"));
        assert!(text(&before, "/content/description").contains(PHONE));
        let need = seen(&mut bench, "wang.min", &format!("/api/v1/needs/{id}")).await;
        assert_eq!(due(&need, "need_comment"), Some(text(&before, "/ends_at")));
        let face = format!("/api/v1/public/needs/{id}");
        assert!(text(&bench.nobody().get(&face).await.ok(), "/description").contains(PHONE));
        let end = instant(&text(&before, "/ends_at"));
        bench.advance(end).await;
        assert_eq!(newest(&bench, "need_comment").await["state"], json!("running"));
        bench.advance(end + TimeDelta::seconds(1)).await;
        let after = newest(&bench, "need_comment").await;
        is_masked(&after, "ended", &before);
        assert!(text(&after, "/content/description").contains("138****5678"));
        assert_eq!(recorded(&bench, "publicity.ended", Some(&text(&after, "/id"))).await, 1);
    }

    async fn a_need_withdrawn_from_the_comment_list_is_shown_no_longer(bench: Bench) {
        let id = in_comment(&mut bench).await;
        let before = newest(&bench, "need_comment").await;
        because(&secretary(&mut bench).await, &id, "withdraw").await.ok();
        let after = newest(&bench, "need_comment").await;
        is_masked(&after, "stopped", &before);
        assert_eq!((&after["id"], &after["reason"]), (&before["id"], &json!("需求已撤回")));
    }

    async fn after_five_in_the_afternoon_a_publicity_counts_from_the_next_working_day(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        analyse(&mut bench, &id).await.ok();
        // Friday evening: it counts as Monday 8 June
        bench.stand_at(instant("2026-06-05T17:00:01+08:00"));
        plain(&street(&mut bench).await, &id, "open_comment").await.ok();
        let late = newest(&bench, "need_comment").await;
        assert_eq!((&late["starts_at"], &late["ends_at"], &late["rule"]), (&json!("2026-06-08T00:00:00+08:00"), &json!("2026-06-15T23:59:59+08:00"), &json!("wd(2026-06-08,5)")));
    }

    async fn a_changed_notice_is_shown_again_from_the_start(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let first = newest(&bench, "posting_notice").await;
        runs(&first);
        let posting = the_posting(&mut bench).await;
        assert_eq!((&first["content_hash"], &first["objection_contact"]), (&posting["notice_hash"], &posting["content"]["objection_contact"]));
        bench.advance(instant("2026-03-05T10:00:00+08:00")).await;
        amend(&mut bench).await;
        let old = bench.nobody().get(&format!("{PATH}/{}", text(&first, "/number"))).await.ok();
        is_masked(&old, "superseded", &first);
        let second = newest(&bench, "posting_notice").await;
        runs(&second);
        let posting = the_posting(&mut bench).await;
        assert_eq!((&second["supersedes"], &second["rule"], &second["content_hash"]), (&first["id"], &json!("wd(2026-03-05,5)"), &posting["notice_hash"]));
        let end = "2026-03-12T23:59:59+08:00";
        assert_eq!((&second["ends_at"], due(&posting, "notice_period").as_deref()), (&json!(end), Some(end)));
        assert_eq!(second["objection_contact"], json!(LINE));
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        let after = newest(&bench, "posting_notice").await;
        is_masked(&after, "ended", &second);
        assert!(text(&after, "/objection_contact").contains(OFFICE) && text(&after, "/content/content/objection_contact").contains(OFFICE));
    }

    async fn a_suspended_notice_goes_on_with_what_was_left(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.advance(instant("2026-03-05T10:00:00+08:00")).await;
        let (suspend, resume) = (at(&bench, "suspend"), at(&bench, "resume"));
        let officer = bench.user("wang.min").await;
        officer.post(&suspend, json!({ "ground": "force_majeure", "reason": "强降雨应急响应期间暂停办理" })).await.ok();
        bench.advance(instant("2026-04-01T10:00:00+08:00")).await;
        assert_eq!(newest(&bench, "posting_notice").await["state"], json!("running"));
        let officer = bench.user("wang.min").await;
        let posting = officer.post(&resume, json!({ "reason": "中止的原因已经消除" })).await.ok();
        let moved = newest(&bench, "posting_notice").await;
        runs(&moved);
        assert_eq!(due(&posting, "notice_period"), Some(text(&moved, "/ends_at")));
        assert!(text(&moved, "/rule").starts_with("wd(2026-04-01,"), "{moved}");
        assert_eq!(recorded(&bench, "publicity.moved", Some(&text(&moved, "/id"))).await, 1);
    }

    async fn a_cancelled_posting_stops_its_notice(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        amend(&mut bench).await;
        let before = newest(&bench, "posting_notice").await;
        let path = at(&bench, "cancel");
        let body = json!({ "ground": "ordered_by_supervisor", "reason": "监督部门要求撤榜" });
        bench.cast("supervisor").await.post(&path, body).await.ok();
        let after = newest(&bench, "posting_notice").await;
        is_masked(&after, "stopped", &before);
        assert_eq!(after["reason"], json!("榜单已撤销"));
    }

    async fn the_page_of_an_award_names_persons_for_its_publicity_only(bench: Bench from PostingOpen) {
        proposed(&mut bench).await;
        let before = newest(&bench, "award").await;
        runs(&before);
        let page = award_page(&bench).await;
        assert_eq!((&page["publicity"], &page["publicity_hash"]), (&before["content"], &before["content_hash"]));
        assert!(text(&page, "/publicity/objection_contact").contains(PHONE));
        bench.advance(instant(&text(&before, "/ends_at")) + TimeDelta::seconds(1)).await;
        let after = newest(&bench, "award").await;
        is_masked(&after, "ended", &before);
        let page = award_page(&bench).await;
        assert_eq!((&page["publicity"], &page["publicity_hash"]), (&after["content"], &before["content_hash"]));
        assert!(text(&page, "/publicity/objection_contact").contains(OFFICE));
        let own = format!("/api/v1/awards/{}", bench.play.ids.award);
        assert!(!seen(&mut bench, "wang.min", &own).await.to_string().contains(PHONE));
    }

    async fn who_declines_is_shown_no_longer_and_the_next_has_a_publicity_of_his_own(bench: Bench from PostingOpen) {
        proposed(&mut bench).await;
        let first = newest(&bench, "award").await;
        bench.advance(instant(&text(&first, "/starts_at")) + TimeDelta::hours(20)).await;
        let path = format!("/api/v1/awards/{}/decline", bench.play.ids.award);
        bench.cast("winner_legal_rep").await.post(&path, json!({ "reason": "承接能力发生变化,放弃承榜" })).await.ok();
        is_masked(&newest(&bench, "award").await, "stopped", &first);
        assert!(!award_page(&bench).await.to_string().contains(PHONE));
        let next = json!({ "bid_id": bench.play.ids.bids["yinxing"], "reason": "按名次提出第二名为拟承榜对象" });
        let path = at(&bench, "propose_award");
        let award = bench.cast("street_officer").await.post(&path, next).await.ok();
        let second = newest(&bench, "award").await;
        runs(&second);
        assert_eq!((&second["object_id"], &second["supersedes"]), (&award["id"], &Value::Null));
        assert_ne!(second["number"], first["number"]);
    }

    async fn a_cancelled_posting_stops_the_publicity_of_its_award(bench: Bench from PostingOpen) {
        proposed(&mut bench).await;
        let before = newest(&bench, "award").await;
        let path = at(&bench, "cancel");
        let body = json!({ "ground": "ordered_by_supervisor", "reason": "监督部门要求撤榜" });
        bench.cast("supervisor").await.post(&path, body).await.ok();
        is_masked(&newest(&bench, "award").await, "stopped", &before);
        assert!(!award_page(&bench).await.to_string().contains(PHONE));
    }

    async fn a_whole_project_leaves_its_publicities_for_everybody(bench: Bench) {
        bench.play.whole().await.unwrap();
        for kind in ["posting_notice", "award", "evaluation"] {
            let all = shown(&bench, &format!("kind={kind}&state=ended&division=410108&field=A01")).await;
            assert!(!all.is_empty(), "{kind}");
            assert!(all.iter().all(|one| one["kind"] == json!(kind) && one["masked"] == json!(true)), "{kind}");
        }
        let result = newest(&bench, "evaluation").await;
        assert_eq!(result["object_id"], json!(bench.play.ids.evaluation));
        assert_eq!(content_hash(&result["content"]), text(&result, "/content_hash"), "nothing personal was in it");
        assert_eq!(shown(&bench, "state=running").await.len(), 0);
        assert_eq!(shown(&bench, "division=410103").await.len(), 0);
        assert_eq!(shown(&bench, "field=Z99").await.len(), 0);
        // in pages, newest first, with as many statements for one row as for all
        let (whole, nobody) = (shown(&bench, "limit=100").await, bench.nobody());
        let mut next = format!("{PATH}?limit=1");
        for one in &whole {
            let before = bench.running.store.statements();
            let page = nobody.get(&next).await.ok();
            assert!(bench.running.store.statements() - before <= 2);
            assert_eq!((&page["items"][0]["id"], list(&page, "/items").len()), (&one["id"], 1));
            next = format!("{PATH}?limit=1&cursor={}", page["next"].as_str().unwrap_or_default());
        }
        assert!(next.ends_with("cursor="), "the last page has no next");
    }

    async fn what_is_not_there_and_wrong_filters_are_refused(bench: Bench) {
        let nobody = bench.nobody();
        nobody.get(&format!("{PATH}/GS-410108-2026-9999")).await.refused(404, "not_found");
        nobody.get(&format!("{PATH}/00000000-0000-7000-8000-000000000000")).await.refused(404, "not_found");
        let wrong = nobody.get(&format!("{PATH}?kind=notice&division=x")).await;
        assert_eq!(wrong.pointers(), ["?division", "?kind"]);
        wrong.refused(422, "invalid");
        nobody.get(&format!("{PATH}?sort=title")).await.refused(400, "unknown_parameter");
    }
}
