// Verifies webhooks as receivers in Node.js do. Standard input: a JSON list of {headers, body_base64, secret, now}, where
// `now` (Unix seconds) may be left out. Standard output: a JSON list of {standardwebhooks, svix}, each null when the
// library accepts the post, else what it says.
//
// svix stays below 2.0: from there on it uses standardwebhooks, and two libraries would be one.
import { readFileSync } from "node:fs";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

const machineTime = Date.now;

function outcome(Library, post) {
  Date.now = post.now === undefined ? machineTime : () => post.now * 1000;
  try {
    new Library(post.secret).verify(Buffer.from(post.body_base64, "base64"), post.headers);
    return null;
  } catch (error) {
    return error.message || String(error);
  } finally {
    Date.now = machineTime;
  }
}

const posts = JSON.parse(readFileSync(0, "utf8"));
const outcomes = posts.map((post) => ({
  standardwebhooks: outcome(StandardWebhook, post),
  svix: outcome(SvixWebhook, post),
}));
process.stdout.write(JSON.stringify(outcomes));
