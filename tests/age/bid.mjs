// Seals a bid in the browser or in Node, for a posting with `sealing: "sealed_by_panel"`.
//
// In: `{"recipient": "age1…", "contents": {posting_id, organisation_id, price_fen, letter}}` on standard input.
// Out: the member `envelope` of `POST /api/v1/bids`, with the salt that proves the content later: keep it.
import { Encrypter } from "age-encryption";
import { createHash, randomBytes } from "node:crypto";

const SIZES = [4, 16, 64, 256].map((kib) => kib * 1024);

/** JSON with the keys of every object in order and no white space. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

/** The text in UTF-8, with spaces up to one of the sizes, so that the size tells nothing. */
function padded(text) {
  const bytes = new TextEncoder().encode(text);
  const size = SIZES.find((size) => bytes.length <= size);
  if (size === undefined) throw new Error("more than 256 KiB");
  const all = new Uint8Array(size).fill(0x20);
  all.set(bytes);
  return all;
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { recipient, contents } = JSON.parse(Buffer.concat(chunks).toString("utf8"));

const salt = randomBytes(32).toString("hex");
const text = canonical({ ...contents, salt });
const encrypter = new Encrypter();
encrypter.addRecipient(recipient);
const sealed = await encrypter.encrypt(padded(text));
const answer = {
  salt,
  envelope: {
    envelope: Buffer.from(sealed).toString("base64"),
    content_hash: createHash("sha256").update(text, "utf8").digest("hex"),
  },
};
process.stdout.write(JSON.stringify(answer));
