# Calls a method of nothing.
puts "worker starting"
order = nil
order.total
