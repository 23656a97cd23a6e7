// Needs a package that the image does not have.
require("orders-client-not-installed");
