"""`holdfast wait`, as the group sees it; `entry` calls it before click is imported."""

from holdfast.cli.raw_command import RawCommand
from holdfast.wait.command import main
from holdfast.wait.flags import FLAGS
from holdfast.wait.usage import SUMMARY, usage

command = RawCommand("wait", main, usage, FLAGS, SUMMARY)
