import hashlib, json, sys
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
draws, ok = json.load(sys.stdin), True
for r in (one for one in draws["rounds"] if one["nonce"]):
    seed = sha(draws["object_id"] + str(r["round"]) + r["nonce"])
    drawn = lambda ids, what="": sorted(ids, key=lambda one: sha(seed + what + one))
    order = [one for pool in r["strata"] for one in drawn(pool["ids"])]
    able = [one for one in order if one not in [left["id"] for left in r["passed"]]]
    ok &= sha(r["nonce"]) == r["commitment"] and sha(r["nonce"] + ",".join(sorted(order))) == r["pool_hash"]
    ok &= order == r["order"] and {one["id"] for one in r["seated"]} == set(able[: len(r["seated"])])
    ok &= r["committed_at"] <= r["fixed_at"] and all(drawn(lot) == lot for lot in r["lots"])
    ok &= all(drawn(agenda, "agenda") == agenda for agenda in r["agendas"])
print("ok" if ok else "mismatch")
