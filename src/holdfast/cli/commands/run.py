"""`holdfast run`, as the group sees it; `entry` calls it before click is imported."""

from holdfast.cli.raw_command import RawCommand
from holdfast.run.command import main
from holdfast.run.flags import FLAGS
from holdfast.run.usage import SUMMARY, usage

command = RawCommand("run", main, usage, FLAGS, SUMMARY)
