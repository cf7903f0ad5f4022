//! Before the deadline nobody but the bidder learns anything of a bid: not its content, not that it exists.

use crate::needs::{instant, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, on_both};

/// Who might want to know: every role, with the bidders' rivals.
pub const CURIOUS: &[&str] = &[
    "zhao.lei",      // secretary of the community
    "wang.min",      // the street's officer
    "cao.junjie",    // who approved the posting
    "luo.jianguo",   // department
    "wei.guohua",    // district administrator
    "he.zhengqing",  // supervisor
    "gong.mingyue",  // third party that analysed the need
    "qin.shuyao",    // expert who may be drawn
    "qian.suzhen",   // custodian
    "xue.chunmei",   // resident
    "yu.ruotong",    // agent of a rival
    "shang.wenqing", // legal representative of a rival
];

/// Every address that can be read, with the ids that the curious have.
async fn addresses(bench: &Bench, ids: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let document = bench.nobody().get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().unwrap();
    let mut found = Vec::new();
    for (path, item) in paths {
        // figures of the process and the moving clock are looked at separately
        if item.get("get").is_none()
            || (path.starts_with("/api/v1/bids/") && !ids.contains_key("bids"))
            || path == "/metrics"
            || path.starts_with("/sandbox")
        {
            continue;
        }
        if !path.contains('{') {
            found.push(path.clone());
            if ["/api/v1/bids", "/api/v1/awards"].contains(&path.as_str()) {
                found.push(format!("{path}?posting={}", ids["postings"][0]));
            }
            continue;
        }
        let collection = path
            .trim_start_matches("/api/v1/")
            .trim_start_matches("public/");
        let collection = collection.split('/').next().unwrap_or_default();
        let known = ids.get(collection).unwrap_or(&ids["postings"]);
        for id in known {
            let segments = path.split('/').map(|segment| {
                if segment.starts_with('{') {
                    id.as_str()
                } else {
                    segment
                }
            });
            found.push(segments.collect::<Vec<_>>().join("/"));
        }
    }
    assert!(found.len() > 40, "{found:?}");
    found
}

/// What everybody curious reads everywhere: (account, address) → status, `ETag` and body.
async fn world(
    bench: &mut Bench,
    ids: &BTreeMap<&str, Vec<String>>,
) -> BTreeMap<(String, String), String> {
    let curious: Vec<String> = CURIOUS.iter().map(|one| (*one).to_owned()).collect();
    world_of(bench, ids, &curious).await
}

/// The same for these accounts and nobody.
pub async fn world_of(
    bench: &mut Bench,
    ids: &BTreeMap<&str, Vec<String>>,
    accounts: &[String],
) -> BTreeMap<(String, String), String> {
    let addresses = addresses(bench, ids).await;
    let mut callers: Vec<(String, Caller)> = vec![("nobody".to_owned(), bench.nobody())];
    for account in accounts {
        callers.push((account.clone(), bench.user(account).await));
    }
    let mut seen = BTreeMap::new();
    for (account, caller) in &callers {
        for address in &addresses {
            let reply = caller.get(address).await;
            assert!(reply.status < 500, "{account} {address}: {}", reply.text);
            let etag = reply.headers.get("etag").cloned().unwrap_or_default();
            // a problem document names the request, which differs each time
            let body = if reply.status >= 400 {
                reply.code().unwrap_or_default()
            } else {
                reply.text
            };
            seen.insert(
                (account.clone(), address.clone()),
                format!("{} {etag} {body}", reply.status),
            );
        }
    }
    seen
}

/// What would give a bid away.
pub fn canaries(bench: &Bench) -> Vec<String> {
    let mut words: Vec<String> = bench.play.ids.bids.values().cloned().collect();
    for key in bench.play.ids.bids.keys() {
        let bid = bench.play.bid_of(key).unwrap();
        words.push(bid["price_fen"].to_string());
        for pointer in [
            "/understanding",
            "/risk_plan",
            "/capability_statement",
            "/service_plan/schedule",
            "/team/introduction",
        ] {
            words.push(text(&bid, pointer).chars().take(14).collect());
        }
    }
    words
}

pub async fn ids(bench: &mut Bench) -> BTreeMap<&'static str, Vec<String>> {
    let lelin = bench.organisation("lelin").await;
    let ids = &bench.play.ids;
    BTreeMap::from([
        ("needs", vec![ids.need.clone()]),
        ("postings", vec![ids.posting.clone()]),
        ("projects", vec![ids.project.clone()]),
        ("organisations", vec![lelin]),
        (
            "people",
            vec!["ning.jiayi".to_owned(), "he.yajing".to_owned()],
        ),
        ("divisions", vec!["410108005003".to_owned()]),
        ("calendar", vec!["2026".to_owned()]),
    ])
}

/// A question that is answered and one that is not, both of somebody who will bid.
async fn questions(bench: &mut Bench) -> Vec<String> {
    let path = format!("/api/v1/postings/{}/questions", bench.play.ids.posting);
    let (agent, street) = (
        bench.cast("winner_agent").await,
        bench.cast("street_officer").await,
    );
    let mut made = Vec::new();
    for words in ["请问活动场地由谁提供?", "请问服务时间如何安排?"] {
        let asked = agent.post(&path, json!({ "text": words })).await.ok();
        made.push(text(&asked, "/id"));
    }
    let answer = format!("/api/v1/questions/{}/answer", made[0]);
    street
        .post(&answer, json!({ "text": "由社区无偿提供。" }))
        .await
        .ok();
    made
}

/// The figure of requests of a route, as the operator reads it.
async fn figures(bench: &Bench) -> String {
    bench.nobody().get("/metrics").await.text
}

on_both! {
    async fn for_everybody_else_the_world_is_the_same_with_and_without_bids(bench: Bench from PostingOpen) {
        let questions = questions(&mut bench).await;
        let mut known = ids(&mut bench).await;
        known.insert("questions", questions);
        let before = world(&mut bench, &known).await;
        bench.play.bids_submitted().await.unwrap();
        let after = world(&mut bench, &known).await;
        for (place, was) in &before {
            assert_eq!(was, &after[place], "{place:?} tells that bids were handed in");
        }
        let canaries = canaries(&bench);
        for ((account, address), answer) in &after {
            for word in &canaries {
                assert!(!answer.contains(word.as_str()), "{account} reads {word} at {address}");
            }
            if address.starts_with("/api/v1/bids") {
                let wanted = if account == "nobody" { "unauthenticated" } else { "\"items\":[]" };
                assert!(answer.contains(wanted), "{account}: {answer}");
            }
            // an organisation is nowhere connected with the posting
            let posting = answer.contains(&bench.play.ids.posting) || answer.contains(&bench.play.ids.project);
            let bidder = answer.contains("乐邻社会工作服务中心") || answer.contains("薪火志愿者协会") || answer.contains("银杏树为老服务中心") || answer.contains(&known["organisations"][0]);
            assert!(!(posting && bidder), "{account} finds a bidder beside the posting at {address}");
        }
        // whoever even knows the id of a bid gets nothing for it
        for account in CURIOUS {
            let caller = bench.user(account).await;
            for id in bench.play.ids.bids.values() {
                for path in [format!("/api/v1/bids/{id}"), format!("/api/v1/bids/{id}/actions")] {
                    caller.get(&path).await.refused(404, "not_found");
                    bench.nobody().get(&path).await.refused(401, "unauthenticated");
                }
            }
        }
    }

    async fn another_price_another_bidder_and_another_number_of_bids_change_nothing_for_others(bench: Bench from BidsSubmitted) {
        let mut known = ids(&mut bench).await;
        known.insert("questions", questions(&mut bench).await);
        // yu.ruotong and shang.wenqing, who look as well, bid themselves in one of the worlds: they are no strangers then
        let insiders = ["yu.ruotong", "shang.wenqing"];
        let first = world(&mut bench, &known).await;
        let same = |now: BTreeMap<(String, String), String>, what: &str| {
            for (place, was) in first.iter().filter(|((account, _), _)| !insiders.contains(&account.as_str())) {
                assert_eq!(was, &now[place], "{place:?} tells of {what}");
            }
        };
        // a price
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        let head = bench.user(&agent_of("lelin", "org_legal_rep").unwrap()).await;
        let mut letter = head.get(&path).await.ok()["letter"].clone();
        letter["budget"][0]["amount_fen"] = json!(1_919_900);
        head.post(&format!("{path}/revise"), json!({ "price_fen": 4_679_900, "letter": letter })).await.ok();
        same(world(&mut bench, &known).await, "a price");
        // the number of bids
        let agent = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
        let withdrawn = format!("/api/v1/bids/{}/withdraw", bench.play.ids.bids["yinxing"]);
        agent.post(&withdrawn, json!({ "reason": "团队安排有变,不再揭榜" })).await.ok();
        same(world(&mut bench, &known).await, "the number of bids");
        // a bidder
        let mut words = bench.play.bid_of("lelin").unwrap();
        words["organisation"] = json!("heyue");
        bench.play.bid_submitted("heyue", &words).await.unwrap();
        same(world(&mut bench, &known).await, "a bidder");
    }

    async fn a_bidder_sees_his_own_bid_and_no_rival(bench: Bench from BidsSubmitted) {
        for key in ["lelin", "yinxing", "xinhuo"] {
            for role in ["org_agent", "org_legal_rep"] {
                let bidder = bench.user(&agent_of(key, role).unwrap()).await;
                let list = bidder.get("/api/v1/bids?limit=100").await.ok();
                let ids: Vec<String> = list["items"].as_array().unwrap().iter().map(|one| text(one, "/id")).collect();
                assert_eq!(ids, [bench.play.ids.bids[key].clone()]);
                for (other, id) in bench.play.ids.bids.iter().filter(|(other, _)| *other != key) {
                    for path in [format!("/api/v1/bids/{id}"), format!("/api/v1/bids/{id}/actions")] {
                        bidder.get(&path).await.refused(404, "not_found");
                    }
                    let withdraw = bidder.post(&format!("/api/v1/bids/{id}/withdraw"), json!({ "reason": "替对手撤回意向书" })).await;
                    assert_eq!(withdraw.status, 404, "{key} {other}");
                }
            }
        }
    }

    async fn the_trail_and_the_version_of_the_posting_do_not_move(bench: Bench from PostingOpen) {
        let street = bench.cast("street_officer").await;
        let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
        let trail = format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project);
        bench.work().await;
        let before = (street.get(&path).await.headers["etag"].clone(), street.get(&trail).await.ok());
        bench.play.bids_submitted().await.unwrap();
        bench.work().await;
        let after = (street.get(&path).await.headers["etag"].clone(), street.get(&trail).await.ok());
        assert_eq!(before, after);
        // the opening is told, and from then on the trail tells of the bids
        bench.play.deadline_passed().await.unwrap();
        bench.advance(instant("2026-03-18T00:01:00+08:00")).await;
        let opened = bench.cast("street_officer").await.get(&trail).await.ok().to_string();
        assert!(opened.contains("bid.opened") && opened.contains("posting.closed"), "{opened}");
    }

    async fn figures_and_mails_do_not_tell(bench: Bench from PostingOpen) {
        bench.work().await;
        let (mails, _) = (bench.mails.sent().len(), figures(&bench).await);
        bench.play.bids_submitted().await.unwrap();
        bench.work().await;
        let sent = bench.mails.sent();
        let receivers: BTreeSet<&str> = sent[mails..].iter().filter_map(|mail| mail.to.split('@').nth(1)).collect();
        assert_eq!(receivers, BTreeSet::from(["lelin.example", "xinhuo.example", "yinxing.example"]), "receipts go to bidders");
        for mail in &sent[mails..] {
            let own = mail.to.split('@').nth(1).and_then(|domain| domain.split('.').next()).unwrap_or_default();
            for (key, id) in bench.play.ids.bids.iter().filter(|(key, _)| *key != own) {
                assert!(!mail.body.contains(id), "{} hears of the bid of {key}", mail.to);
            }
        }
        let figures = figures(&bench).await;
        assert!(figures.contains("http_requests_total"), "{figures}");
        let routes: Vec<&str> = figures.lines().filter(|line| line.contains("/api/v1/bids")).collect();
        assert!(!routes.is_empty());
        for line in routes {
            // drafts, signatures, submissions and mere looks are one figure
            assert!(line.contains("route=\"/api/v1/bids\"") && line.contains("method=\"ANY\""), "{line}");
        }
        for word in canaries(&bench) {
            assert!(!figures.contains(&word), "{word}");
        }
    }

    async fn after_the_deadline_those_who_judge_read_the_bids_and_nobody_else(bench: Bench from DeadlinePassed) {
        bench.advance(instant("2026-03-18T00:01:00+08:00")).await;
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        for account in CURIOUS {
            let reply = bench.user(account).await.get(&path).await;
            let judge = ["wang.min", "cao.junjie", "he.zhengqing"].contains(account);
            assert_eq!(reply.status, if judge { 200 } else { 404 }, "{account}");
        }
        bench.user("lu.xiaoyang").await.get(&path).await.refused(404, "not_found");
        let list: Value = bench.user("wang.min").await.get("/api/v1/bids").await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
    }
}
