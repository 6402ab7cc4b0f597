// observatory.mjs TOOLS URL: scores a page's headers with the graders of MDN's HTTP Observatory, as if the
// page were served over HTTPS. Skips the test of the redirect from HTTP, which only the CDN can pass.
import { pathToFileURL } from "node:url";

const [tools, address] = process.argv.slice(2);
const graders = pathToFileURL(`${tools}/node_modules/@mdn/mdn-http-observatory/src/`);
const { ALL_TESTS } = await import(new URL("constants.js", graders));
const { SCORE_TABLE } = await import(new URL("grader/charts.js", graders));

const answer = await fetch(address);
const page = await answer.text();
const response = {
  headers: Object.fromEntries(answer.headers), status: answer.status, verified: true, httpEquiv: new Map(),
};
const requests = {
  hostname: "pos.example",
  responses: { auto: response, https: response, http: response, cors: response, httpRedirects: [], httpsRedirects: [] },
  resources: { path: page },
  session: { url: new URL("https://pos.example/"), jar: { serializeSync: () => ({ cookies: [] }) } },
};
let score = 100;
for (const test of ALL_TESTS.filter(({ name }) => name !== "redirectionTest")) {
  const { result } = test(requests);
  const points = SCORE_TABLE.get(result).modifier;
  score += points;
  console.log(`${points >= 0 ? "+" : ""}${points}  ${result}`);
}
console.log(`score ${score}`);
