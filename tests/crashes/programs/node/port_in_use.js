// Listens twice on the same port.
const http = require("node:http");
const first = http.createServer().listen(0, "127.0.0.1", () => {
  http.createServer().listen(first.address().port, "127.0.0.1");
});
