// Connects to a port on which nothing listens.
require("node:net").connect(1, "127.0.0.1");
