"""Divides by a number that is zero today."""


def average(total: int, orders: int) -> float:
    """Money for each order."""
    return total / orders


print("worker starting", flush=True)
average(10, 0)
