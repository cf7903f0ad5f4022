//! Two districts side by side, each with settings of its own: 惠济区 of the demo and 李沧区. What one sets
//! is nothing to the other, and nothing to what is published (rulebook 2.7 rule 8, 2.14).

use crate::needs::{at, due, instant, new_need, plain};
use crate::scenes::{day_after, text};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_kernel::Who;
use wubang_testkit::database::PASSWORD;
use wubang_testkit::{Bench, Caller, Reply, on_both};

/// Who acts in a district, and what the district has set.
struct District {
    code: &'static str,
    community: &'static str,
    secretary: &'static str,
    street: &'static str,
    approver: &'static str,
    admin: &'static str,
    window: u32,
    notice: u32,
    questions: u32,
    approval: u32,
    threshold: u32,
    postings: u32,
    /// Last days of T07, T08, T09 and T10, counted by hand from Monday 2 March 2026.
    ends: [&'static str; 4],
}

const HUIJI: District = District {
    code: "410108000000",
    community: "410108005003",
    secretary: "zhao.lei",
    street: "wang.min",
    approver: "cao.junjie",
    admin: "wei.guohua",
    window: 12,
    notice: 4,
    questions: 3,
    approval: 1,
    threshold: 65,
    postings: 1,
    // 12 cd end on Saturday 14 March, moved to Monday
    ends: ["2026-03-03", "2026-03-06", "2026-03-16", "2026-03-11"],
};

const LICANG: District = District {
    code: "370213000000",
    community: "370213001001",
    secretary: "jiang.haiyan",
    street: "sun.weidong",
    approver: "liu.qingbo",
    admin: "teng.zhiyuan",
    window: 25,
    notice: 8,
    questions: 7,
    approval: 5,
    threshold: 75,
    postings: 2,
    ends: ["2026-03-09", "2026-03-12", "2026-03-27", "2026-03-18"],
};

fn licang() -> Value {
    let person = |account: &str, name: &str, role: &str, division: &str| {
        json!({ "account": account, "name": name, "email": format!("{account}@licang.example"), "phone": null,
            "grants": [{ "role": role, "scope": { "division": division } }], "expert": null })
    };
    json!({
        "district": { "code": LICANG.code, "name": "李沧区" },
        "divisions": [{ "code": "370000000000", "name": "山东省" }, { "code": "370200000000", "name": "青岛市" },
            { "code": LICANG.code, "name": "李沧区" }, { "code": "370213001000", "name": "振华路街道" },
            { "code": LICANG.community, "name": "永平路社区" }],
        "people": [person(LICANG.secretary, "姜海燕", "community_secretary", LICANG.community),
            person(LICANG.street, "孙卫东", "street_officer", "370213001000"),
            person(LICANG.approver, "刘青波", "street_officer", "370213001000"),
            person(LICANG.admin, "滕志远", "district_admin", LICANG.code)],
    })
}

/// The second district moves in; everybody has the password of tests.
pub(crate) async fn licang_moves_in(bench: &Bench) {
    let store = &bench.running.store;
    let report = wubang_server::bundle::import(store, &licang().to_string())
        .await
        .unwrap();
    let hash = wubang_registry::passwords::hash(PASSWORD.to_owned()).await;
    let persons: Vec<_> = report.people.values().copied().collect();
    let tx = store.write(&Who::system("tests")).await.unwrap();
    wubang_registry::people::set_password_hash(&tx, &persons, &hash.unwrap())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

impl District {
    async fn sets(&self, bench: &mut Bench, overrides: Value) -> Reply {
        let body = json!({ "division": self.code, "overrides": overrides, "reason": "按区社治委会议纪要调整" });
        let admin = bench.user(self.admin).await;
        admin.post("/api/v1/procedures/open/overrides", body).await
    }

    async fn sets_its_own(&self, bench: &mut Bench) {
        let own = json!({ "threshold": self.threshold, "caps": { "postings_community": self.postings },
            "timers": { "bid_window": self.window, "notice_period": self.notice, "question_deadline": self.questions,
                "posting_approval": self.approval } });
        self.sets(bench, own).await.ok();
    }

    /// A need that was urgent enough to be approved right after its acceptance.
    async fn approved_need(&self, bench: &mut Bench) -> String {
        let (secretary, street) = (
            bench.user(self.secretary).await,
            bench.user(self.street).await,
        );
        let mut need = new_need();
        need["community"] = json!(self.community);
        need["urgency"] = json!("emergency");
        let id = text(&secretary.post("/api/v1/needs", need).await.ok(), "/id");
        plain(&secretary, &id, "submit").await.ok();
        let analyst = bench.organisation("mingjian").await;
        let body = json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": true });
        street.post(&at(&id, "accept"), body).await.ok();
        let finding = json!({ "root_cause": "暴雨后电路进水,整栋楼道照明中断。", "reason": "涉及夜间出行安全,须立即办理。" });
        street.post(&at(&id, "approve"), finding).await.ok();
        id
    }

    /// A posting drafted by the secretary; nothing is set in it but what the district says.
    async fn drafted(&self, bench: &mut Bench) -> Value {
        let need = self.approved_need(bench).await;
        let mut body = bench.play.posting_body().await.unwrap();
        body["need_ids"] = json!([need]);
        body["content"]["communities"] = json!([self.community]);
        body.as_object_mut().unwrap().remove("overrides");
        let secretary = bench.user(self.secretary).await;
        secretary.post("/api/v1/postings", body).await.ok()
    }

    async fn submitted(&self, bench: &mut Bench, draft: &Value) -> Value {
        let path = format!("/api/v1/postings/{}/submit", text(draft, "/id"));
        let secretary = bench.user(self.secretary).await;
        secretary.post(&path, json!({})).await.ok()
    }

    async fn approve(&self, bench: &mut Bench, draft: &Value) -> Reply {
        let path = format!("/api/v1/postings/{}/approve", text(draft, "/id"));
        let approver = bench.user(self.approver).await;
        approver
            .post(&path, json!({ "content_acknowledged": true }))
            .await
    }

    /// Drafted, handed in and published; every deadline on the way is this district's.
    async fn published(&self, bench: &mut Bench) -> Value {
        let draft = self.drafted(bench).await;
        let pending = self.submitted(bench, &draft).await;
        let end = |place: usize| Some(format!("{}T23:59:59+08:00", self.ends[place]));
        assert_eq!(due(&pending, "posting_approval"), end(0), "{}", self.code);
        let open = self.approve(bench, &draft).await.ok();
        for (timer, place) in [
            ("notice_period", 1),
            ("bid_window", 2),
            ("question_deadline", 3),
        ] {
            assert_eq!(due(&open, timer), end(place), "{timer} {}", self.code);
        }
        assert_eq!(open["procedure"]["threshold"], json!(self.threshold));
        assert_eq!(
            open["procedure"]["caps"]["postings_community"],
            json!(self.postings)
        );
        open
    }

    async fn state(&self, bench: &mut Bench, posting: &Value) -> Value {
        let path = format!("/api/v1/postings/{}", text(posting, "/id"));
        bench.user(self.street).await.get(&path).await.ok()["state"].clone()
    }
}

/// The whole public answer about a posting, as text.
async fn public(caller: &Caller, posting: &Value) -> String {
    let path = format!("/api/v1/public/postings/{}", text(posting, "/id"));
    let reply = caller.get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.text
}

async fn both(bench: &mut Bench) -> (Value, Value) {
    licang_moves_in(bench).await;
    HUIJI.sets_its_own(bench).await;
    LICANG.sets_its_own(bench).await;
    (HUIJI.published(bench).await, LICANG.published(bench).await)
}

/// What a district might set on the next day, all at once.
fn others() -> Value {
    json!({ "threshold": 80, "min_valid_bids": 4, "procurement_limit_fen": 50_000_000, "caps": { "postings_community": 9 },
        "changes": { "extensions": 0 }, "timers": { "bid_window": 30, "notice_period": 10, "question_deadline": 5,
            "posting_approval": 3, "award_publicity": 9, "eligibility_check": 3 } })
}

on_both! {
    async fn two_districts_follow_their_own_settings_side_by_side(bench: Bench) {
        let (here, there) = both(&mut bench).await;
        // the cap of one posting holds in one district only
        let second = HUIJI.drafted(&mut bench).await;
        HUIJI.submitted(&mut bench, &second).await;
        HUIJI.approve(&mut bench, &second).await.refused(409, "cap_reached");
        LICANG.published(&mut bench).await;
        // each window ends on its own day
        for (end, before, after) in [("2026-03-16", ["open", "open"], ["failed", "open"]), ("2026-03-27", ["failed", "open"], ["failed", "failed"])] {
            for (at, states) in [(day_after(end) - TimeDelta::seconds(1), before), (day_after(end), after)] {
                bench.advance(at).await;
                let seen = [HUIJI.state(&mut bench, &here).await, LICANG.state(&mut bench, &there).await];
                assert_eq!(seen, states.map(|state| json!(state)), "{at}");
            }
        }
    }

    async fn a_later_setting_touches_no_published_posting_and_no_other_district(bench: Bench) {
        let (here, there) = both(&mut bench).await;
        let nobody = bench.nobody();
        let shown = (public(&nobody, &here).await, public(&nobody, &there).await);
        bench.stand_at(instant("2026-03-03T09:00:00+08:00"));
        HUIJI.sets(&mut bench, others()).await.ok();
        assert_eq!((public(&nobody, &here).await, public(&nobody, &there).await), shown);
        // the next draft follows, in that district only
        let next = HUIJI.drafted(&mut bench).await;
        assert_eq!((&next["procedure"]["threshold"], &next["procedure"]["timers"]["bid_window"], &next["procedure"]["min_valid_bids"]),
            (&json!(80), &json!("30 cd"), &json!(4)));
        let untouched = LICANG.drafted(&mut bench).await;
        assert_eq!(untouched["procedure"], there["procedure"]);
        LICANG.sets(&mut bench, others()).await.ok();
        assert_eq!((public(&nobody, &here).await, public(&nobody, &there).await), shown);
        // what is published ends when it was said to end
        bench.advance(instant("2026-03-17T00:00:00+08:00")).await;
        assert_eq!([HUIJI.state(&mut bench, &here).await, LICANG.state(&mut bench, &there).await], [json!("failed"), json!("open")]);
        bench.advance(instant("2026-03-27T23:59:59+08:00")).await;
        assert_eq!(LICANG.state(&mut bench, &there).await, json!("open"));
        bench.advance(instant("2026-03-28T00:00:00+08:00")).await;
        assert_eq!(LICANG.state(&mut bench, &there).await, json!("failed"));
    }

    async fn officials_of_one_district_act_and_set_nothing_in_the_other(bench: Bench) {
        licang_moves_in(&bench).await;
        let draft = HUIJI.drafted(&mut bench).await;
        for account in [LICANG.secretary, LICANG.street, LICANG.admin] {
            let stranger = bench.user(account).await;
            stranger.get(&format!("/api/v1/postings/{}", text(&draft, "/id"))).await.refused(404, "not_found");
            let body = json!({ "division": HUIJI.code, "overrides": { "threshold": 70 }, "reason": "按区社治委会议纪要调整" });
            stranger.post("/api/v1/procedures/open/overrides", body).await.refused(403, "forbidden");
        }
    }
}
