import hashlib, json, sys
given = json.load(sys.stdin)
receipt, result = given["receipt"], given["result"]
commitment = hashlib.sha256((receipt["salt"] + receipt["sheet"]).encode()).hexdigest()
listed = result["sheet_commitments"]
mine = commitment == receipt["commitment"] and listed.count(commitment) == 1
whole = listed == sorted(listed) and len(listed) == sum(party["sheets"] for party in result["party_scores"])
print("ok" if mine and whole else "mismatch")
