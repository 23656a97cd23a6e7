# Needs a gem that the image does not have.
require "orders_client_not_installed"
