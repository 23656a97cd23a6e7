"""How clearly an answer leads the other candidates."""

from enum import StrEnum


class Standing(StrEnum):
    """The leader against all others together, "something nobody thought of" among them."""

    CLEAR = "clearly"
    NARROW = "narrowly"
