//! Who can be drawn and who may not judge: pools, quotas, shortages in figures, grounds of recusal found
//! in the register and in declarations (rulebook 2.9, 2.10).

use crate::draws::python;
use crate::postings::district_rules;
use crate::scenes::{grant, list, number, text};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_panels::pool::ExpertPool;
use wubang_panels::{Draw, DrawFor, Formation, Parties, draws};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

/// Experts of the demo district with the field of the posting.
const SAME_FIELD: [&str; 4] = ["qin.shuyao", "yu.haichuan", "meng.xianping", "xia.yuwei"];
/// Those who know another field of the same kind.
const NEIGHBOURS: [&str; 4] = ["gu.lanting", "hou.wenbo", "wan.jingyi", "fang.licheng"];

async fn street(bench: &mut Bench) -> Caller {
    bench.cast("street_officer").await
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

/// Three bids, opened and found eligible.
async fn qualified(bench: &mut Bench) {
    bench.reach(Stage::BidsQualified).await;
}

/// The seats by name, with a pool.
async fn named(bench: &mut Bench, pool: &str) -> Value {
    let community = bench.person("cao.junjie").await;
    let department = bench.person("luo.jianguo").await;
    json!({ "community_person_ids": [community], "department_person_ids": [department], "pool": pool })
}

async fn form(bench: &mut Bench, body: &Value) -> Reply {
    let path = at(bench, "panel");
    street(bench).await.post(&path, body.clone()).await
}

async fn rehearsed(bench: &mut Bench, body: &Value) -> Value {
    let path = at(bench, "panel/rehearse");
    street(bench).await.post(&path, body.clone()).await.ok()
}

/// Somebody works for an organisation from now on.
async fn employed(bench: &mut Bench, account: &str, organisation: &str) {
    let organisation = bench.organisation(organisation).await;
    let scope = json!({ "organisation": organisation });
    grant(bench, account, "org_agent", scope).await;
}

/// Counts by code of the expert seats.
fn out(figures: &Value) -> Vec<(String, i64)> {
    list(figures, "/seats/0/taken_out")
        .iter()
        .map(|one| (text(one, "/code"), number(one, "/count")))
        .collect()
}

/// What stands against a candidate: ground and whether it is hard.
async fn against(bench: &mut Bench, account: &str) -> Vec<(String, bool)> {
    let person = bench.person(account).await;
    let path = at(bench, "panel/conflicts");
    let found = street(bench).await.get(&path).await.ok();
    let of = |one: &&Value| text(one, "/person_id") == person;
    let own = list(&found, "/items").iter().find(of).cloned();
    list(&own.unwrap_or(json!({ "conflicts": [] })), "/conflicts")
        .iter()
        .map(|one| (text(one, "/ground"), one["hard"] == json!(true)))
        .collect()
}

/// Two postings whose bids are opened.
async fn two_closed(bench: &mut Bench) -> Vec<String> {
    let mut needs = Vec::new();
    for _ in 0..2 {
        bench.reach(Stage::NeedApproved).await;
        needs.push(bench.play.ids.need.clone());
    }
    let mut postings = Vec::new();
    for need in needs {
        bench.play.ids.need = need;
        bench.play.posting_open().await.unwrap();
        let words = bench.play.bid_of("lelin").unwrap();
        bench.play.bid_submitted("lelin", &words).await.unwrap();
        postings.push(bench.play.ids.posting.clone());
    }
    bench.play.deadline_passed().await.unwrap();
    bench.forget();
    postings
}

/// The assignment of experts to some postings, with the seats by name.
async fn assignment(bench: &mut Bench, postings: &[String]) -> Value {
    let community = bench.person("cao.junjie").await;
    let department = bench.person("luo.jianguo").await;
    let one = |posting: &String| json!({ "posting_id": posting, "community_person_ids": [community], "department_person_ids": [department] });
    json!({ "postings": postings.iter().map(one).collect::<Vec<_>>() })
}

/// Accounts of the experts of a panel, by seat.
pub async fn by_seat(bench: &mut Bench, panel: &Value, accounts: &[String]) -> Vec<String> {
    let mut experts = Vec::new();
    for member in list(panel, "/members") {
        for account in accounts {
            let person = json!(bench.person(account).await);
            if member["party"] == json!("experts") && member["person_id"] == person {
                experts.push(account.clone());
            }
        }
    }
    experts
}

/// A panel elsewhere in the same community, for which everybody of the field was drawn.
async fn sat_elsewhere(bench: &Bench) {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    let posting: Uuid = bench.play.ids.posting.parse().unwrap();
    let posting = wubang_postings::service::find(&tx, posting).await.unwrap();
    let object = DrawFor {
        purpose: "award",
        object_id: tx.new_id(),
        project_id: None,
        division: posting.division.clone(),
    };
    draws::commit(&tx, &object, 1).await.unwrap();
    let formation = Formation {
        purpose: "award",
        object_id: object.object_id,
        project_id: None,
        division: wubang_postings::service::division_of(&posting).unwrap(),
        round: 1,
        residents: None,
        draw: Some(Draw {
            field: posting.field.clone(),
            count: 8,
            excluded: Vec::new(),
            pool: ExpertPool::Neighbouring,
            quota: None,
            chosen: None,
            assigned: Vec::new(),
        }),
        named: Vec::new(),
        parties: Parties::default(),
    };
    wubang_panels::service::form(&tx, formation).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_shortage_is_told_in_figures_and_the_next_pool_is_offered(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        employed(&mut bench, SAME_FIELD[0], "lelin").await;
        employed(&mut bench, SAME_FIELD[1], "yinxing").await;
        let narrow = named(&mut bench, "same_field").await;
        let figures = rehearsed(&mut bench, &narrow).await;
        let experts = &figures["seats"][0];
        assert_eq!((&figures["feasible"], &experts["seat"], &experts["needed"], &experts["available"]), (&json!(false), &json!("/seats/experts"), &json!(3), &json!(2)));
        assert_eq!((&experts["pool"], &experts["next_pool"]), (&json!("same_field"), &json!("neighbouring")));
        assert_eq!(out(&figures), [("no_speciality".to_owned(), 5), ("recused_employment".to_owned(), 2)]);
        let reply = form(&mut bench, &narrow).await;
        assert_eq!(reply.pointers(), ["/seats/experts", "/seats/experts", "/seats/experts"]);
        let problem = reply.refused(422, "panel_incomplete");
        let codes: Vec<String> = list(&problem, "/errors").iter().map(|one| text(one, "/code")).collect();
        assert_eq!(codes, ["too_few", "no_speciality", "recused_employment"]);
        // counts only: nobody of the pool is named
        for account in SAME_FIELD.iter().chain(&NEIGHBOURS) {
            let me = bench.user(account).await.get("/api/v1/me").await.ok();
            assert!(!problem.to_string().contains(&text(&me, "/name")), "{account}");
        }
        let wide = named(&mut bench, "neighbouring").await;
        let figures = rehearsed(&mut bench, &wide).await;
        assert_eq!((&figures["feasible"], &figures["seats"][0]["available"], &figures["seats"][0]["next_pool"]), (&json!(true), &json!(6), &Value::Null));
        assert_eq!(list(&figures, "/seats").len(), 3);
        // a rehearsal drew nothing
        bench.cast("street_officer").await.get(&at(&bench, "panel")).await.refused(404, "not_found");
        form(&mut bench, &wide).await.ok();
    }

    async fn seats_by_name_are_rehearsed_too(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        employed(&mut bench, "cao.junjie", "lelin").await;
        let body = named(&mut bench, "neighbouring").await;
        let figures = rehearsed(&mut bench, &body).await;
        assert_eq!((&figures["feasible"], &figures["seats"][1]["available"]), (&json!(false), &json!(0)));
        assert_eq!(figures["seats"][1]["taken_out"], json!([{ "code": "recused_employment", "count": 1 }]));
        assert_eq!(figures["seats"][2]["available"], json!(1));
        let path = at(&bench, "panel/rehearse");
        bench.cast("secretary").await.post(&path, body.clone()).await.refused(403, "forbidden");
        let mut nobody = body;
        nobody["department_person_ids"] = json!([bench.person("xue.chunmei").await]);
        let reply = street(&mut bench).await.post(&path, nobody.clone()).await;
        assert_eq!(reply.pointers(), ["/department_person_ids/0"]);
        reply.refused(422, "invalid");
        // too few are named: the answer says so for each party
        nobody["department_person_ids"] = json!([]);
        let reply = form(&mut bench, &nobody).await;
        assert_eq!(reply.pointers(), ["/seats/departments"]);
        reply.refused(422, "panel_incomplete");
    }

    async fn other_districts_fill_what_is_left_and_the_script_agrees(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        for account in SAME_FIELD.iter().chain(&NEIGHBOURS[1..]) {
            employed(&mut bench, account, "lelin").await;
        }
        for account in ["ren.shaohua", "xu.tingting", "peng.lina"] {
            let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
            let expert: wubang_registry::experts::ExpertIn = serde_json::from_value(json!({ "person": account, "division": "410105000000", "specialities": ["A02"], "level": "senior" })).unwrap();
            wubang_registry::experts::create(&tx, expert).await.unwrap();
            tx.commit().await.unwrap();
        }
        let own = named(&mut bench, "neighbouring").await;
        form(&mut bench, &own).await.refused(422, "panel_incomplete");
        let wide = named(&mut bench, "other_district").await;
        form(&mut bench, &wide).await.ok();
        let posting: Uuid = bench.play.ids.posting.parse().unwrap();
        let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
        draws::reveal(&tx, "award", posting).await.unwrap();
        tx.commit().await.unwrap();
        let open = bench.nobody().get(&format!("/api/v1/public/draws/{posting}")).await.ok();
        let strata = list(&open, "/rounds/0/strata");
        let sizes: Vec<(String, usize)> = strata.iter().map(|one| (text(one, "/pool"), list(one, "/ids").len())).collect();
        assert_eq!(sizes, [("neighbouring".to_owned(), 1), ("other_district".to_owned(), 3)]);
        // the one of the own district sits, whatever the lots say
        assert_eq!(open["rounds"][0]["seated"][0]["id"], strata[0]["ids"][0]);
        assert_eq!(python(include_str!("support/check_draw.py"), &open.to_string()), "ok");
    }

    async fn the_last_seats_are_an_own_choice_with_a_public_reason(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        for account in SAME_FIELD.iter().chain(&NEIGHBOURS[2..]) {
            employed(&mut bench, account, "lelin").await;
        }
        let mut body = named(&mut bench, "own_choice").await;
        let reply = form(&mut bench, &body).await;
        assert_eq!(reply.pointers(), ["/own_choice_reason"]);
        reply.refused(422, "invalid");
        // two can be drawn, so one is chosen: not none, and not somebody who must recuse himself or is no expert
        body["own_choice_reason"] = json!("本区及外区符合条件的专家不足,指定规划专家一名");
        let reply = form(&mut bench, &body).await;
        assert_eq!(reply.pointers(), ["/expert_person_ids"]);
        reply.refused(422, "invalid");
        body["expert_person_ids"] = json!([bench.person("xue.chunmei").await]);
        let reply = form(&mut bench, &body).await;
        assert_eq!(reply.pointers(), ["/expert_person_ids/0"]);
        reply.refused(422, "invalid");
        body["expert_person_ids"] = json!([bench.person(SAME_FIELD[0]).await]);
        form(&mut bench, &body).await.refused(409, "recused");
        let mut elsewhere = body.clone();
        elsewhere["pool"] = json!("neighbouring");
        let reply = form(&mut bench, &elsewhere).await;
        assert_eq!(reply.pointers(), ["/expert_person_ids", "/own_choice_reason"]);
        reply.refused(422, "invalid");
        body["expert_person_ids"] = json!([bench.person("shi.mengxi").await]);
        let panel = form(&mut bench, &body).await.ok();
        assert_eq!(list(&panel, "/members").len(), 5);
        // that there was a choice, and why, is public at once; who it is not
        let posting = bench.play.ids.posting.clone();
        let shown = bench.nobody().get(&format!("/api/v1/public/draws/{posting}")).await.ok();
        assert_eq!(shown["rounds"][0]["own_choice"], json!({ "seats": 1, "reason": "本区及外区符合条件的专家不足,指定规划专家一名" }));
        assert_eq!((&shown["rounds"][0]["chosen"], &shown["rounds"][0]["nonce"]), (&json!([]), &Value::Null));
    }

    async fn who_judged_often_enough_for_a_community_is_not_drawn_again(bench: Bench) {
        district_rules(&mut bench, json!({ "panel": { "expert_awards": 1 } })).await.ok();
        qualified(&mut bench).await;
        let body = named(&mut bench, "neighbouring").await;
        assert_eq!(rehearsed(&mut bench, &body).await["feasible"], json!(true));
        sat_elsewhere(&bench).await;
        let figures = rehearsed(&mut bench, &body).await;
        assert_eq!(out(&figures), [("no_speciality".to_owned(), 1), ("quota".to_owned(), 8)]);
        form(&mut bench, &body).await.refused(422, "panel_incomplete");
    }

    async fn conflicts_are_found_with_their_grounds_before_anybody_is_assigned(bench: Bench) {
        let (lelin, mingjian) = (bench.organisation("lelin").await, bench.organisation("mingjian").await);
        let path = "/api/v1/postings/{}/panel/conflicts";
        bench.reach(Stage::BidsSubmitted).await;
        // who bid is nobody's to know before the opening
        let early = path.replace("{}", &bench.play.ids.posting);
        street(&mut bench).await.get(&early).await.refused(404, "not_found");
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        let path = at(&bench, "panel/conflicts");
        bench.cast("secretary").await.get(&path).await.refused(404, "not_found");
        assert_eq!(against(&mut bench, "gu.lanting").await, []);
        // employment, and that for three years after it has ended
        employed(&mut bench, "qin.shuyao", "lelin").await;
        assert_eq!(against(&mut bench, "qin.shuyao").await, [("employment".to_owned(), true)]);
        let district = bench.cast("district_admin").await;
        let qin = bench.person("qin.shuyao").await;
        let grants = district.get(&format!("/api/v1/people/{qin}")).await.ok();
        let held = list(&grants, "/grants").into_iter().find(|one| one["role"] == json!("org_agent")).unwrap();
        district.post(&format!("/api/v1/people/{qin}/revoke_grant"), json!({ "grant_id": held["id"] })).await.ok();
        assert_eq!(against(&mut bench, "qin.shuyao").await, [("employment".to_owned(), true)]);
        // a declared relative: the head is a ground, an employee a warning; his name is told to nobody
        for (account, position, hard) in [("meng.xianping", "head", true), ("xia.yuwei", "staff", false)] {
            let relative = json!({ "name": "暗记亲属某某", "kinship": "spouse", "organisation_id": lelin, "position": position });
            bench.user(account).await.post("/api/v1/relatives", relative).await.ok();
            assert_eq!(against(&mut bench, account).await, [("family".to_owned(), hard)]);
        }
        let shown = street(&mut bench).await.get(&path).await;
        assert!(!shown.text.contains("暗记亲属") && !shown.text.contains("spouse"), "{}", shown.text);
        // the body that incubated a bidder, its custodian, and the council of one alliance
        employed(&mut bench, "yu.haichuan", "mingjian").await;
        assert_eq!(against(&mut bench, "yu.haichuan").await, [("paid_analysis".to_owned(), false)], "it analysed the need");
        let relate = format!("/api/v1/organisations/{lelin}/relate");
        for (kind, ground, hard) in [("incubator", "incubation", true), ("custodian", "custody", true), ("alliance_council", "alliance_council", false)] {
            let made = bench.cast("district_admin").await.post(&relate, json!({ "kind": kind, "other_id": mingjian })).await.ok();
            let relation = text(&made, "/items/0/id");
            assert!(against(&mut bench, "yu.haichuan").await.contains(&(ground.to_owned(), hard)), "{kind}");
            bench.cast("district_admin").await.post(&format!("/api/v1/organisations/{lelin}/end_relation"), json!({ "relation_id": relation })).await.ok();
            assert!(!against(&mut bench, "yu.haichuan").await.contains(&(ground.to_owned(), hard)), "{kind} has ended");
        }
        // a seat by name is looked at as well
        employed(&mut bench, "luo.jianguo", "xinhuo").await;
        assert_eq!(against(&mut bench, "luo.jianguo").await, [("employment".to_owned(), true)]);
    }

    async fn a_shared_number_is_found_however_it_is_written(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let agent = bench.organisation("lelin").await;
        let lelin = bench.user("he.yajing").await.get(&format!("/api/v1/organisations/{agent}")).await.ok();
        let expert = json!({ "account": "ling.zhan", "name": "凌展", "phone": "+86 188-0000-1728", "grants": [{ "role": "expert", "scope": { "division": "410108000000" } }] });
        let district = bench.cast("district_admin").await;
        let made = district.post("/api/v1/people", expert).await.ok();
        let entry = json!({ "person": "ling.zhan", "division": "410108000000", "specialities": ["A01"], "level": "senior" });
        district.post("/api/v1/experts", entry).await.ok();
        let found = street(&mut bench).await.get(&at(&bench, "panel/conflicts")).await.ok();
        let own = list(&found, "/items").into_iter().find(|one| one["person_id"] == made["id"]).unwrap();
        assert_eq!((&own["conflicts"][0]["ground"], &own["conflicts"][0]["organisation_id"]), (&json!("shared_contact"), &lelin["id"]));
        assert!(!own.to_string().contains("1728"), "the number itself is not shown");
    }

    async fn relations_are_recorded_by_officers_and_checked(bench: Bench) {
        let (lelin, mingjian) = (bench.organisation("lelin").await, bench.organisation("mingjian").await);
        let relate = format!("/api/v1/organisations/{lelin}/relate");
        let good = json!({ "kind": "incubator", "other_id": mingjian, "note": "曾入驻街道孵化基地" });
        bench.cast("secretary").await.post(&relate, good.clone()).await.refused(403, "forbidden");
        bench.user("he.yajing").await.get(&format!("/api/v1/organisations/{lelin}/relations")).await.refused(403, "forbidden");
        let district = bench.cast("district_admin").await;
        let reply = district.post(&relate, json!({ "kind": "incubator", "other_id": lelin, "note": "短" })).await;
        assert_eq!(reply.pointers(), ["/note", "/other_id"]);
        reply.refused(422, "invalid");
        let made = district.post(&relate, good.clone()).await.ok();
        assert_eq!((&made["items"][0]["kind"], &made["items"][0]["other_id"]), (&json!("incubator"), &json!(mingjian)));
        district.post(&relate, good).await.refused(409, "duplicate");
        let end = format!("/api/v1/organisations/{lelin}/end_relation");
        let ended = json!({ "relation_id": made["items"][0]["id"] });
        district.post(&end, ended.clone()).await.ok();
        let reply = district.post(&end, ended).await;
        assert_eq!(reply.pointers(), ["/relation_id"]);
        reply.refused(422, "invalid");
        let kept = bench.cast("supervisor").await.get(&format!("/api/v1/organisations/{lelin}/relations")).await.ok();
        assert!(kept["items"][0]["ended_at"].is_string(), "it stays on record");
    }

    async fn declared_relatives_are_ones_own(bench: Bench) {
        let lelin = bench.organisation("lelin").await;
        let wang = bench.user("wang.min").await;
        let reply = wang.post("/api/v1/relatives", json!({ "name": "甲", "kinship": "spouse", "organisation_id": Uuid::nil(), "position": "head" })).await;
        assert_eq!(reply.pointers(), ["/name", "/organisation_id"]);
        reply.refused(422, "invalid");
        let made = wang.post("/api/v1/relatives", json!({ "name": "暗记亲属", "kinship": "collateral", "organisation_id": lelin, "position": "head" })).await.ok();
        assert_eq!(list(&wang.get("/api/v1/relatives").await.ok(), "/items").len(), 1);
        for other in ["cao.junjie", "wei.guohua", "he.zhengqing"] {
            let other = bench.user(other).await;
            assert_eq!(list(&other.get("/api/v1/relatives").await.ok(), "/items").len(), 0);
            other.post(&format!("/api/v1/relatives/{}/withdraw", text(&made, "/id")), json!({})).await.refused(404, "not_found");
        }
        let path = format!("/api/v1/relatives/{}/withdraw", text(&made, "/id"));
        assert!(wang.post(&path, json!({})).await.ok()["withdrawn_at"].is_string());
        wang.post(&path, json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_forced_recusal_is_decided_by_the_chair_and_not_undone(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        let body = named(&mut bench, "neighbouring").await;
        let panel = form(&mut bench, &body).await.ok();
        let at_panel = |verb: &str| format!("/api/v1/panels/{}/{verb}", text(&panel, "/id"));
        let (demand, decide, declare) = (at_panel("recusals"), at_panel("decide_recusal"), at_panel("declare"));
        let seats = crate::awards::seats(&mut bench).await;
        let experts: Vec<String> = by_seat(&mut bench, &panel, &seats).await;
        let (chair, member) = (experts[0].clone(), experts[1].clone());
        let (chair_id, member_id) = (bench.person(&chair).await, bench.person(&member).await);
        let because = "该成员曾任揭榜组织监事,应当回避";
        // whoever does not see the panel demands nothing
        bench.user("ning.jiayi").await.post(&demand, json!({ "person_id": member_id, "reason": because })).await.refused(404, "not_found");
        let own = bench.user(&member).await.post(&demand, json!({ "person_id": member_id, "reason": "短" })).await;
        assert_eq!(own.pointers(), ["/reason", "/person_id"]);
        own.refused(422, "invalid");
        bench.user(&member).await.post(&declare, json!({ "clear": true })).await.ok();
        let made = street(&mut bench).await.post(&demand, json!({ "person_id": member_id, "reason": because })).await.ok();
        let id = text(&made, "/items/0/id");
        street(&mut bench).await.post(&demand, json!({ "person_id": member_id, "reason": because })).await.refused(409, "duplicate");
        // members do not read demands that others made, the chair reads those that he decides
        for (account, seen) in [(&member, 0), (&chair, 1)] {
            assert_eq!(list(&bench.user(account).await.get(&demand).await.ok(), "/items").len(), seen, "{account}");
        }
        let upheld = json!({ "recusal_id": id, "upheld": true, "reason": "任职情况属实,应当回避" });
        for other in ["wang.min", "wei.guohua", "luo.jianguo"] {
            bench.user(other).await.post(&decide, upheld.clone()).await.refused(403, "forbidden");
        }
        let decided = bench.user(&chair).await.post(&decide, upheld.clone()).await.ok();
        assert_eq!((&decided["items"][0]["outcome"], decided["items"][0]["decided_at"].is_string()), (&json!("upheld"), true));
        let reply = bench.user(&chair).await.post(&decide, upheld).await;
        assert_eq!(reply.pointers(), ["/recusal_id"]);
        reply.refused(422, "invalid");
        // he had declared himself clear, and cannot do so again: the next in the drawn order has his seat
        bench.user(&member).await.post(&declare, json!({ "clear": true })).await.refused(404, "not_found");
        let after = crate::awards::seats(&mut bench).await;
        assert!(!after.contains(&member) && after.len() == 5);
        // about the chair the district decides
        let made = bench.cast("supervisor").await.post(&demand, json!({ "person_id": chair_id, "reason": because })).await.ok();
        let about_chair = list(&made, "/items").into_iter().find(|one| one["person_id"] == json!(chair_id)).unwrap();
        let dismissed = json!({ "recusal_id": about_chair["id"], "upheld": false, "reason": "与揭榜组织没有任职关系" });
        bench.user(&chair).await.post(&decide, dismissed.clone()).await.refused(403, "forbidden");
        for account in &after {
            bench.user(account).await.post(&declare, json!({ "clear": true })).await.ok();
        }
        bench.play.scoring_started().await.unwrap();
        // nobody scores while a demand is open
        let sheet = json!({ "bid_id": bench.play.ids.bids["lelin"], "points": { "plan": 20, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 } });
        bench.user(&chair).await.post(&at(&bench, "score_sheets"), sheet.clone()).await.refused(422, "recusal_unsigned");
        bench.user("wei.guohua").await.post(&decide, dismissed).await.ok();
        bench.user(&chair).await.post(&at(&bench, "score_sheets"), sheet).await.ok();
        // scoring has begun
        let late = json!({ "person_id": chair_id, "reason": because });
        bench.cast("supervisor").await.post(&demand, late).await.refused(409, "invalid_transition");
    }

    async fn who_had_to_stand_aside_is_not_named_for_a_later_round(bench: Bench from BidsQualified) {
        qualified(&mut bench).await;
        // three can be drawn, and nobody is left to move up
        for account in SAME_FIELD.iter().chain(&NEIGHBOURS[3..]) {
            employed(&mut bench, account, "lelin").await;
        }
        let body = named(&mut bench, "neighbouring").await;
        let panel = form(&mut bench, &body).await.ok();
        let demand = format!("/api/v1/panels/{}/recusals", text(&panel, "/id"));
        let decide = format!("/api/v1/panels/{}/decide_recusal", text(&panel, "/id"));
        let seats = crate::awards::seats(&mut bench).await;
        let experts = by_seat(&mut bench, &panel, &seats).await;
        for account in ["cao.junjie", experts[1].as_str()] {
            let person = bench.person(account).await;
            let made = bench.cast("supervisor").await.post(&demand, json!({ "person_id": person, "reason": "与揭榜组织负责人存在利害关系" })).await.ok();
            let open = list(&made, "/items").into_iter().find(|one| one["outcome"] == json!("demanded")).unwrap();
            bench.user(&experts[0]).await.post(&decide, json!({ "recusal_id": open["id"], "upheld": true, "reason": "情况属实,应当回避" })).await.ok();
        }
        let mut again = named(&mut bench, "neighbouring").await;
        let figures = rehearsed(&mut bench, &again).await;
        assert!(out(&figures).contains(&("left_before".to_owned(), 1)), "{figures}");
        again["pool"] = json!("own_choice");
        again["own_choice_reason"] = json!("本区符合条件的专家不足,指定规划专家一名");
        again["expert_person_ids"] = json!([bench.person("shi.mengxi").await]);
        form(&mut bench, &again).await.refused(409, "recused");
        again["community_person_ids"] = json!([bench.person("dong.siyu").await]);
        let second = form(&mut bench, &again).await.ok();
        assert_eq!(second["round"], json!(2));
        let shown = bench.nobody().get(&format!("/api/v1/public/draws/{}", bench.play.ids.posting)).await.ok();
        assert_eq!(list(&shown, "/rounds").len(), 3);
        let (first, next) = (&shown["rounds"][0], &shown["rounds"][1]);
        assert!(next["commitment"] != first["commitment"] && next["committed_at"].is_string());
    }

    async fn experts_are_assigned_to_several_panels_with_even_loads(bench: Bench) {
        let postings = two_closed(&mut bench).await;
        let body = assignment(&mut bench, &postings).await;
        let (rehearse, assign) = ("/api/v1/panel_assignments/rehearse", "/api/v1/panel_assignments");
        street(&mut bench).await.post(rehearse, body.clone()).await.refused(403, "forbidden");
        let district = bench.cast("district_admin").await;
        let mut wrong = body.clone();
        wrong["postings"][1]["posting_id"] = json!(postings[0]);
        wrong["pool"] = json!("own_choice");
        wrong["most_each"] = json!(0);
        let reply = district.post(rehearse, wrong).await;
        assert_eq!(reply.pointers(), ["/postings/1/posting_id", "/most_each", "/pool"]);
        reply.refused(422, "invalid");
        let mut short = body.clone();
        short["postings"][1]["department_person_ids"] = json!([]);
        let reply = district.post(rehearse, short).await;
        assert_eq!(reply.pointers(), ["/postings/1/seats/departments"]);
        reply.refused(422, "panel_incomplete");
        let seen = district.post(rehearse, body.clone()).await.ok();
        // six seats, eight experts: nobody gets a second seat
        assert_eq!((&seen["feasible"], &seen["loads"]), (&json!(true), &json!([{ "seats": 1, "experts": 6 }])));
        assert_eq!((&seen["postings"][0]["panel_id"], &seen["postings"][1]["seats"]["available"]), (&Value::Null, &json!(8)));
        let done = district.post(assign, body.clone()).await.ok();
        assert_eq!(done["loads"], seen["loads"]);
        let mut sitting = Vec::new();
        for posting in &postings {
            let panel = district.get(&format!("/api/v1/postings/{posting}/panel")).await.ok();
            let experts = list(&panel, "/members").into_iter().filter(|one| one["party"] == json!("experts"));
            sitting.extend(experts.map(|one| text(&one, "/person_id")));
        }
        sitting.sort();
        sitting.dedup();
        assert_eq!(sitting.len(), 6, "an expert sits twice");
        district.post(assign, body).await.refused(409, "duplicate");
        // the seats are in the draws, which still recompute
        for posting in &postings {
            let id: Uuid = posting.parse().unwrap();
            let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
            draws::reveal(&tx, "award", id).await.unwrap();
            tx.commit().await.unwrap();
            let open = bench.nobody().get(&format!("/api/v1/public/draws/{posting}")).await.ok();
            assert_eq!((&open["rounds"][0]["strata"][0]["pool"], list(&open, "/rounds/0/strata/0/ids").len()), (&json!("assigned"), 3));
            assert_eq!(python(include_str!("support/check_draw.py"), &open.to_string()), "ok");
        }
    }

    async fn an_assignment_that_cannot_be_says_which_postings_miss_how_many_seats(bench: Bench) {
        let postings = two_closed(&mut bench).await;
        for account in &NEIGHBOURS[1..] {
            employed(&mut bench, account, "lelin").await;
        }
        let mut body = assignment(&mut bench, &postings).await;
        body["most_each"] = json!(1);
        let district = bench.cast("district_admin").await;
        let seen = district.post("/api/v1/panel_assignments/rehearse", body.clone()).await.ok();
        assert_eq!(seen["shortage"], json!({ "posting_ids": postings, "needed": 6, "experts": 5, "missing": 1 }));
        assert_eq!((&seen["feasible"], &seen["loads"]), (&json!(false), &json!([])));
        let reply = district.post("/api/v1/panel_assignments", body.clone()).await;
        assert_eq!(reply.pointers()[0], "/postings/0/seats/experts");
        assert!(reply.pointers().contains(&"/postings/1/seats/experts".to_owned()));
        reply.refused(422, "panel_incomplete");
        // nothing half done: neither posting has a panel
        for posting in &postings {
            district.get(&format!("/api/v1/postings/{posting}/panel")).await.refused(404, "not_found");
        }
        // with two seats for one of them it can be
        body["most_each"] = json!(2);
        let seen = district.post("/api/v1/panel_assignments", body).await.ok();
        assert_eq!(seen["loads"], json!([{ "seats": 1, "experts": 4 }, { "seats": 2, "experts": 1 }]));
    }
}
