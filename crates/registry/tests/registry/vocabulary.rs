//! Taxonomy and calendar years.

use crate::support::{anonymous, world};
use serde_json::json;

#[actix_web::test]
async fn a_newer_taxonomy_and_a_year_come_into_force() {
    let world = world().await;
    world.with_district().await;
    let admin = world.token_of("wei.guohua").await;
    let (_, mut taxonomy) = world
        .call("GET", "/api/v1/public/taxonomy", None, None)
        .await;
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/taxonomies",
                Some(&admin),
                Some(taxonomy.clone())
            )
            .await
            .0,
        409
    );
    taxonomy["version"] = json!(2);
    taxonomy["fields"].as_array_mut().unwrap().push(json!({ "code": "A90", "name_zh": "新领域", "identifier": "new_field", "parent": "A", "enabled": true }));
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/taxonomies",
                Some(&admin),
                Some(taxonomy.clone())
            )
            .await
            .0,
        201
    );
    assert!(
        wubang_registry::taxonomy::exists(&world.store.read(&anonymous()), "A90")
            .await
            .unwrap()
    );
    taxonomy["version"] = json!(3);
    taxonomy["fields"].as_array_mut().unwrap().remove(1);
    assert_eq!(
        world
            .call("POST", "/api/v1/taxonomies", Some(&admin), Some(taxonomy))
            .await
            .0,
        422
    );

    assert_eq!(
        world
            .call("GET", "/api/v1/public/calendar/2031", None, None)
            .await
            .0,
        404
    );
    let year =
        json!({ "year": 2031, "off_days": ["2031-01-01"], "work_days": [], "source": "通知" });
    let (status, body) = world
        .call("POST", "/api/v1/calendar", Some(&admin), Some(year))
        .await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(
        world
            .call("GET", "/api/v1/public/calendar/2031", None, None)
            .await
            .0,
        200
    );
    assert!(world.store.calendar().is_loaded(2031) && world.store.calendar().is_loaded(2026));
    let (_, rights) = world
        .call("GET", "/api/v1/rights", Some(&admin), None)
        .await;
    assert!(
        rights["rights"]
            .as_array()
            .is_some_and(|rows| rows.iter().any(|row| row["action"] == "grants.give"))
    );
    world.end().await;
}
