//! The parts of the OpenAPI document that every operation shares, added once.

use serde_json::{Map, Value, json};
use wubang_kernel::Code;
use wubang_kernel::lifecycle::Lifecycle;

const COMMON: &[(&str, &str)] = &[
    ("400", "请求无法解析 · not parsable"),
    ("401", "未登录 · not signed in"),
    ("403", "无权 · not allowed"),
    (
        "404",
        "没有找到 · not found, or not to be known by the caller",
    ),
    ("409", "状态或并发冲突 · wrong state, duplicate or conflict"),
    ("412", "版本已变化 · If-Match failed"),
    ("413", "请求体过大 · too large"),
    ("415", "须为 JSON · must be JSON"),
    ("422", "规则不允许 · a rule is broken"),
    ("428", "须带 If-Match · If-Match is required"),
    ("429", "请求过多 · too many requests"),
    ("500", "内部错误 · internal error"),
    ("503", "暂不可用 · not available"),
];

/// Commands whose answers hold a secret: they are never stored, so a key does not help.
const UNSTORED: &[&str] = &[
    "/api/v1/clients",
    "/api/v1/people/{id}/activation",
    "/api/v1/sessions/end",
];

/// Which of the common refusals an operation can answer with.
fn applies(status: &str, method: &str, secured: bool, has_body: bool, has_path: bool) -> bool {
    match status {
        "401" => secured,
        "403" => secured && method != "get",
        "404" => has_path,
        "409" | "412" => method == "post" || method == "patch",
        "413" | "415" | "422" => has_body,
        "428" => method == "patch",
        _ => true,
    }
}

/// Completes the document: problem answers with their codes, headers every `POST` takes, life cycles.
#[must_use]
pub fn complete(mut document: Value, lifecycles: &[Lifecycle]) -> Value {
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete_operation(path, method, operation, lifecycles);
            }
        }
    }
    add_components(&mut document);
    document
}

fn complete_operation(path: &str, method: &str, operation: &mut Value, lifecycles: &[Lifecycle]) {
    let secured = operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|list| list.iter().any(|one| one.get("bearer").is_some()));
    let has_body = operation.get("requestBody").is_some();
    let transitions: Vec<_> = lifecycles
        .iter()
        .flat_map(|life| rows_of(life, path))
        .collect();
    let codes: Vec<&str> = transitions
        .iter()
        .flat_map(|row| row.guards.iter().map(|guard| guard.code))
        .collect();
    let Some(members) = operation.as_object_mut() else {
        return;
    };
    let responses = members.entry("responses").or_insert_with(|| json!({}));
    for (status, text) in COMMON {
        if applies(status, method, secured, has_body, path.contains('{')) {
            let mut named: Vec<&str> = codes
                .iter()
                .copied()
                .filter(|code| {
                    Code::from_wire(code).is_some_and(|code| code.status().to_string() == *status)
                })
                .collect();
            named.sort_unstable();
            named.dedup();
            let text = if named.is_empty() {
                (*text).to_owned()
            } else {
                format!("{text} (`{}`)", named.join("`, `"))
            };
            if let Some(map) = responses.as_object_mut() {
                map.entry(*status).or_insert_with(
                    || json!({ "description": text, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/ProblemOut" } } } }),
                );
            }
        }
    }
    let makes = responses.get("201").is_some();
    if method == "post" && secured && !UNSTORED.contains(&path) {
        push_parameter(members, "#/components/parameters/IdempotencyKey");
    }
    if method == "post" && secured && !makes && path.contains("{id}") || method == "patch" {
        push_parameter(members, "#/components/parameters/IfMatch");
    }
    if !transitions.is_empty() {
        let rows: Vec<Value> = transitions
            .iter()
            .map(|row| json!({ "from": row.from, "event": row.event, "to": row.to, "roles": row.roles, "guards": row.guards.iter().map(|guard| guard.guard).collect::<Vec<_>>() }))
            .collect();
        members.insert("x-state-machine".to_owned(), Value::Array(rows));
    }
}

fn rows_of<'a>(life: &'a Lifecycle, path: &str) -> Vec<&'a wubang_kernel::lifecycle::Transition> {
    let prefix = format!("/api/v1/{}/{{id}}/", life.collection);
    match path.strip_prefix(&prefix) {
        Some(verb) => life
            .transitions
            .iter()
            .filter(|row| !row.action.is_empty() && row.action == verb)
            .collect(),
        None => Vec::new(),
    }
}

fn push_parameter(members: &mut Map<String, Value>, reference: &str) {
    if let Some(list) = members
        .entry("parameters")
        .or_insert_with(|| json!([]))
        .as_array_mut()
    {
        list.push(json!({ "$ref": reference }));
    }
}

fn add_components(document: &mut Value) {
    let Some(root) = document.as_object_mut() else {
        return;
    };
    root.insert(
        "servers".to_owned(),
        json!([{ "url": "/", "description": "本服务 · this service" }]),
    );
    let components = root.entry("components").or_insert_with(|| json!({}));
    let Some(components) = components.as_object_mut() else {
        return;
    };
    components.insert("parameters".to_owned(), json!({
        "IdempotencyKey": { "name": "Idempotency-Key", "in": "header", "required": false, "schema": { "type": "string", "maxLength": 255 },
            "description": "同一键与同一请求体重复发送时返回已存的答复 (24 小时)。The same key with the same body gives the stored answer for 24 hours." },
        "IfMatch": { "name": "If-Match", "in": "header", "required": false, "schema": { "type": "string", "example": "\"v3\"" },
            "description": "已见版本的 ETag;PATCH 必带。The ETag of the version seen; PATCH needs it." }
    }));
    components.insert(
        "securitySchemes".to_owned(),
        json!({ "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } }),
    );
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    if let Some(schemas) = components
        .entry("schemas")
        .or_insert_with(|| json!({}))
        .as_object_mut()
    {
        let problem = schemas.entry("ProblemOut").or_insert_with(|| json!({}));
        if let Some(code) = problem
            .pointer_mut("/properties/code")
            .and_then(Value::as_object_mut)
        {
            code.insert("enum".to_owned(), json!(codes));
        }
    }
}
