// The event loop of Lambda's runtime for Node: fetches the next event and posts its response.
import http from "node:http";
import { handler } from "./handler.mjs";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve([answer.headers["lambda-runtime-aws-request-id"], Buffer.concat(chunks)]));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const [id, event] = await call("GET", "next");
  await call("POST", `${id}/response`, JSON.stringify(await handler(JSON.parse(event))));
}
