// The sign-up of signup-fn for Node 22, written idiomatically with the AWS SDK for JavaScript v3.
import { createHmac, randomUUID } from "node:crypto";
import { DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({ maxAttempts: 1 });
const table = process.env.TABLE_NAME;
const key = Buffer.from(process.env.IDENTITY_KEY, "hex");
const S = (value) => ({ S: value });
const N = (value) => ({ N: String(value) });

function page(status, html) {
  return { statusCode: status, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }, body: html };
}

export async function handler(event) {
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
  const form = new URLSearchParams(body);
  const email = (form.get("email") ?? "").trim();
  const name = (form.get("full_name") ?? "").trim();
  const session = form.get("session");
  if (!email.includes("@") || !name || !session) return page(422, "<p>Fout</p>");
  const hash = createHmac("sha256", key).update(`person\0lnpo-2028\0${email.toLowerCase()}`).digest();
  const person = hash.subarray(0, 16).toString("base64url");
  const attempt = randomUUID().replaceAll("-", "");
  const now = Math.floor(Date.now() / 1000);
  const pk = S("event#lnpo-2028");
  try {
    await client.send(new TransactWriteItemsCommand({
      ClientRequestToken: attempt,
      TransactItems: [
        { Put: {
          TableName: table,
          Item: {
            pk, sk: S(`person#${person}`), reference: S(person.slice(0, 8)), signup_id: S(attempt), status: S("confirmed"),
            session: S(session), full_name: S(name), email: S(email), organisation: S(form.get("organisation") ?? ""),
            role: S(form.get("role") ?? ""), signed_up_at: S(new Date().toISOString()), privacy_notice_version: S("1"),
            version: N(now), mailed_at: N(now), attempt_id: S(attempt), forget_at: N(now + 86400),
          },
          ConditionExpression: "attribute_not_exists(pk)",
        } },
        { Update: {
          TableName: table, Key: { pk, sk: S(`session#${session}`) }, UpdateExpression: "ADD taken :one",
          ConditionExpression: "(attribute_not_exists(taken) OR taken < :capacity) AND attribute_not_exists(waiting[0])",
          ExpressionAttributeValues: { ":one": N(1), ":capacity": N(100000) },
        } },
        { Put: {
          TableName: table,
          Item: { pk, sk: S(`mail#${person}#${attempt}`), kind: S("confirmation"), session: S(session), sequence: N(now), created_at: N(now), forget_at: N(now + 86400) },
          ConditionExpression: "attribute_not_exists(pk)",
        } },
      ],
    }));
    return { statusCode: 303, headers: { location: `/aanmelden/lnpo-2028/${session}/ontvangen/${person.slice(0, 8)}/` }, body: "" };
  } catch (error) {
    return error.name === "TransactionCanceledException" ? page(409, "<p>Vol</p>") : page(503, "<p>Later</p>");
  }
}
