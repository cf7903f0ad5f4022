import hashlib, json, sys
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
draws, ok = json.load(sys.stdin), True
for r in (one for one in draws["rounds"] if one["nonce"]):
    seed = sha(draws["object_id"] + str(r["round"]) + r["nonce"])
    drawn = lambda ids, what="": sorted(ids, key=lambda one: sha(seed + what + one))
    order = [one for pool in r["strata"] for one in drawn(pool["ids"])]
    lot = r["residents"] or {"strata": [], "order": [], "passed": [], "seated": []}
    turns = [drawn(pool["ids"]) for pool in sorted(lot["strata"], key=lambda pool: sha(seed + pool["pool"]))]
    taken = [turn[i] for i in range(max(map(len, turns), default=0)) for turn in turns if i < len(turn)]
    for found, of in ((order, r), (taken, lot)):
        able = [one for one in found if one not in [left["id"] for left in of["passed"]]]
        ok &= found == of["order"] and {one["id"] for one in of["seated"]} == set(able[: len(of["seated"])])
    ok &= sha(r["nonce"]) == r["commitment"] and sha(r["nonce"] + ",".join(sorted(order + taken))) == r["pool_hash"]
    ok &= r["committed_at"] <= r["fixed_at"] and all(drawn(lot) == lot for lot in r["lots"])
    ok &= all(drawn(agenda, "agenda") == agenda for agenda in r["agendas"])
print("ok" if ok else "mismatch")
