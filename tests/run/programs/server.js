// A server that knows nothing of holdfast: it tells the first byte of the page with each answer.
const fs = require("fs");
const http = require("http");
const server = http.createServer((request, response) => {
  const page = process.env.HOLDFAST_PAGE ? fs.readFileSync(process.env.HOLDFAST_PAGE) : [9];
  response.end(`state ${page[0]}\n`);
});
process.on("SIGTERM", () => {
  console.log("stopping");
  server.close();
  server.closeAllConnections();
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
